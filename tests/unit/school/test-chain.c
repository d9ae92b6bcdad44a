/* SPDX-License-Identifier: Apache-2.0 */
/* The hash chain: a fixed vector, and that no two different rows are one text. */
#include "signaling/school/chain.h"

static char *
hash_texts(const char *first, const char *second)
{
    g_autofree char *genesis = sc_chain_genesis("audit");
    g_autoptr(ScChainHasher) hasher = sc_chain_hasher_new(genesis);
    sc_chain_hasher_add_text(hasher, first);
    sc_chain_hasher_add_text(hasher, second);
    return sc_chain_hasher_finish(hasher);
}

static void
row_has_the_hash_that_others_compute(void)
{
    /* python3: g = sha256(b"synclass chain audit").hexdigest();
     * sha256((g + "t5:hello;i-7;n;t6:课堂;").encode()).hexdigest() */
    g_autofree char *genesis = sc_chain_genesis("audit");
    g_autoptr(ScChainHasher) hasher = sc_chain_hasher_new(genesis);
    sc_chain_hasher_add_text(hasher, "hello");
    sc_chain_hasher_add_integer(hasher, -7);
    sc_chain_hasher_add_null(hasher);
    sc_chain_hasher_add_text(hasher, "课堂");
    g_autofree char *hash = sc_chain_hasher_finish(hasher);
    g_assert_cmpstr(hash, ==,
                    "952333e6b7dca93a5af85fc965d25f2a5f497f9b76db0f806ea2caf05a3de9b5");
}

static void
bytes_cannot_move_between_fields(void)
{
    static const char *const pairs[][2] = {
        { "ab", "c" },   { "a", "bc" },     { "", "abc" },   { "abc", "" },
        { "abc", NULL }, { "a;t1:b", "c" }, { NULL, "abc" }, { "n;", "abc" },
    };
    g_autoptr(GHashTable) seen =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(pairs); i++)
        g_assert_true(g_hash_table_add(seen, hash_texts(pairs[i][0], pairs[i][1])));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/chain/row has the hash that others compute",
                    row_has_the_hash_that_others_compute);
    g_test_add_func("/chain/bytes cannot move between fields",
                    bytes_cannot_move_between_fields);
    return g_test_run();
}
