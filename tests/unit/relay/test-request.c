/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <glib.h>
#include <json-glib/json-glib.h>

#include "relay/request.h"

#define PWD "abcdefghijklmnopqrstuv"
#define PRINT                                                  \
    "sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:" \
    "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF"
#define ICE "'ice':{'ufrag':'abcd','pwd':'" PWD "'}"
#define HEAD "'transport':'t1'," ICE ",'fingerprint':'" PRINT "'"
#define TRACK                                                                 \
    "{'track':'k1','mid':'0','kind':'video','codec':'h264','clock_hz':90000," \
    "'payload_type':102,'rtx_payload_type':103,'ssrc':1,'rtx_ssrc':2,"        \
    "'rids':['h','m','l'],'nack':true,'pli':true,'transport_cc':true}"
#define SLOT                                                                   \
    "{'slot':'s1','mid':'1','kind':'video','ssrc':3,'rtx_ssrc':4,'cname':'c'," \
    "'payloads':[{'codec':'vp8','clock_hz':90000,'payload_type':96}]}"

/* As jsonrpc-glib gives it. Single quotes stand for double ones. */
static GVariant *
parse_json(const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *json = g_strdup(text);
    GVariant *variant;

    g_strdelimit(json, "'", '"');
    variant = json_gvariant_deserialize_data(json, -1, NULL, &error);
    g_assert_no_error(error);
    return g_variant_ref_sink(variant);
}

static void
a_whole_request_is_understood(void)
{
    g_autoptr(GVariant) params = parse_json(
        "{" HEAD ",'tag':'x','extensions':{'mid':1,'rid':2,'repaired_rid':3,"
        "'abs_send_time':4,'transport_cc':5},'receive':[" TRACK "],'send':[" SLOT "],"
        "'later':{'unknown':true}}");
    g_autofree ScRequestCreate *request = g_new0(ScRequestCreate, 1);
    g_autoptr(GError) error = NULL;

    g_assert_true(sc_request_parse_create(params, request, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(request->transport, ==, "t1");
    g_assert_cmpstr(request->tag, ==, "x");
    g_assert_cmpstr(request->ice.password, ==, PWD);
    g_assert_cmpint(request->extensions.transport_cc, ==, 5);
    g_assert_cmpuint(request->n_tracks, ==, 1);
    g_assert_cmpint(request->tracks[0].codec, ==, SC_CODEC_H264);
    g_assert_cmpuint(request->tracks[0].n_rids, ==, 3);
    g_assert_cmpstr(request->tracks[0].rids[2], ==, "l");
    g_assert_true(request->tracks[0].transport_cc);
    g_assert_cmpuint(request->n_slots, ==, 1);
    g_assert_cmpuint(request->slots[0].ssrc, ==, 3);
    g_assert_cmpint(request->slots[0].payloads[0].codec, ==, SC_CODEC_VP8);
    g_assert_cmpint(request->slots[0].payloads[0].rtx_payload_type, ==,
                    SC_TRACK_NO_PAYLOAD_TYPE);
}

static void
what_may_be_absent_may_be_absent(void)
{
    g_autoptr(GVariant) params = parse_json(
        "{" HEAD
        ",'receive':[{'track':'k','kind':'audio','codec':'opus','clock_hz':48000,"
        "'payload_type':111,'ssrc':null,'rids':[]}]}");
    g_autofree ScRequestCreate *request = g_new0(ScRequestCreate, 1);
    g_autoptr(GError) error = NULL;

    g_assert_true(sc_request_parse_create(params, request, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(request->tracks[0].ssrc, ==, 0);
    g_assert_cmpuint(request->tracks[0].n_rids, ==, 0);
    g_assert_cmpint(request->tracks[0].rtx_payload_type, ==, SC_TRACK_NO_PAYLOAD_TYPE);
    g_assert_false(request->tracks[0].nack);
    g_assert_cmpuint(request->n_slots, ==, 0);
}

static void
a_bad_request_is_refused_by_field_and_limit(void)
{
    static const struct {
        const char *json, *message;
    } cases[] = {
        { "[]", ": must be an object" },
        { "{}", "transport: has 0 bytes, must have from 1 to 64" },
        { "{'transport':7}", "transport: must be a text" },
        { "{'transport':'a b'}", "transport: a b: only A-Z a-z 0-9 _ . : -" },
        { "{'transport':'t'}", "ice.: must be an object" },
        { "{'transport':'t','ice':{'ufrag':'abc'}}",
          "ice.ufrag: has 3 bytes, must have from 4 to 256" },
        { "{'transport':'t','ice':{'ufrag':'abcd','pwd':'x'}}",
          "ice.pwd: has 1 bytes, must have from 22 to 256" },
        { "{'transport':'t'," ICE ",'fingerprint':'md5 00'}",
          "fingerprint: md5 00: not sha-256, sha-384 or sha-512 of a certificate" },
        { "{" HEAD ",'extensions':{'mid':256}}",
          "extensions.mid: 256: must be from 1 to 255" },
        { "{" HEAD ",'receive':{}}", "receive: must be an array" },
        { "{" HEAD ",'receive':[7]}", "receive[0].: must be an object" },
        { "{" HEAD ",'receive':[{'track':'k','kind':'smell'}]}",
          "receive[0].kind: smell: not audio or video" },
        { "{" HEAD ",'receive':[{'track':'k','kind':'video','codec':'av1'}]}",
          "receive[0].codec: av1: not h264, vp8 or opus" },
        { "{" HEAD
          ",'receive':[{'track':'k','kind':'video','codec':'vp8','clock_hz':1}]}",
          "receive[0].clock_hz: 1: must be from 8000 to 192000" },
        { "{" HEAD
          ",'receive':[{'track':'k','kind':'video','codec':'vp8','clock_hz':90000,"
          "'payload_type':128}]}",
          "receive[0].payload_type: 128: must be from 0 to 127" },
        { "{" HEAD
          ",'receive':[{'track':'k','kind':'video','codec':'vp8','clock_hz':90000,"
          "'payload_type':96,'rids':['a','b','c','d','e']}]}",
          "receive[0].rids: 5 elements, at most 4" },
        { "{" HEAD ",'send':[{'slot':'s','kind':'video'}]}",
          "send[0].ssrc: must be a whole number" },
        { "{" HEAD ",'send':[{'slot':'s','kind':'video','ssrc':1,'cname':'c'}]}",
          "send[0].payloads: must have an element" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GVariant) params = parse_json(cases[i].json);
        g_autofree ScRequestCreate *request = g_new0(ScRequestCreate, 1);
        g_autoptr(GError) error = NULL;

        g_assert_false(sc_request_parse_create(params, request, &error));
        g_assert_cmpstr(error->message, ==, cases[i].message);
    }
}

static void
lists_have_limits(void)
{
    g_autoptr(GString) json = g_string_new("{'patches':[");
    g_autoptr(GError) error = NULL;

    for (unsigned i = 0; i <= SC_REQUEST_PATCHES_MAX; i++)
        g_string_append_printf(json, "%s{'slot':'s%u','track':null}", i == 0 ? "" : ",",
                               i);
    g_string_append(json, "]}");

    g_autoptr(GVariant) params = parse_json(json->str);
    g_assert_null(sc_request_parse_patches(params, &error));
    g_assert_error(error, SC_REQUEST_ERROR, SC_REQUEST_ERROR_LIMIT);
    g_assert_cmpstr(error->message, ==, "patches: 4097 elements, at most 4096");
}

static void
a_patch_names_a_track_or_none(void)
{
    g_autoptr(GVariant) params =
        parse_json("{'patches':[{'slot':'s1','track':'k1'},{'slot':'s2','track':null}]}");
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) patches = sc_request_parse_patches(params, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(patches->len, ==, 2);
    g_assert_cmpstr(g_array_index(patches, ScRequestPatch, 0).track, ==, "k1");
    g_assert_cmpstr(g_array_index(patches, ScRequestPatch, 1).slot, ==, "s2");
    g_assert_cmpstr(g_array_index(patches, ScRequestPatch, 1).track, ==, "");
}

static void
patches_of_a_wrong_shape_are_refused(void)
{
    static const char *const cases[] = {
        "{}",
        "{'patches':7}",
        "{'patches':[7]}",
        "{'patches':[{'track':'k'}]}",
        "{'patches':[{'slot':'s','track':''}]}",
        "{'patches':[{'slot':'s','track':7}]}",
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GVariant) params = parse_json(cases[i]);
        g_autoptr(GError) error = NULL;

        g_assert_null(sc_request_parse_patches(params, &error));
        g_assert_error(error, SC_REQUEST_ERROR, SC_REQUEST_ERROR_BAD_PARAMETERS);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/relay/request/" #name, name)
    ADD(a_whole_request_is_understood);
    ADD(what_may_be_absent_may_be_absent);
    ADD(a_bad_request_is_refused_by_field_and_limit);
    ADD(lists_have_limits);
    ADD(a_patch_names_a_track_or_none);
    ADD(patches_of_a_wrong_shape_are_refused);
    return g_test_run();
}
