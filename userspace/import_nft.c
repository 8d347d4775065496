// SPDX-License-Identifier: GPL-2.0
/* The JSON of nft: {"nftables": [{"set": {"name", "type", "elem": [...]}}, ...]} */
#include <json-c/json.h>
#include <limits.h>

#include "cmd.h"
#include "import_prefix.h"

static int read_element(struct import *in, struct json_object *element);

/* NULL if it is none, or none that C has. */
static const char *string_of(struct json_object *object)
{
	const char *string;

	if (!json_object_is_type(object, json_type_string))
		return NULL;
	string = json_object_get_string(object);
	return strlen(string) == json_object_get_string_len(object) ? string : NULL;
}

static struct json_object *member(struct json_object *object, const char *key)
{
	struct json_object *value = NULL;

	if (json_object_is_type(object, json_type_object))
		json_object_object_get_ex(object, key, &value);
	return value;
}

static int unexpected(struct import *in, const char *expected, struct json_object *object)
{
	const char *text = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN);

	return import_unexpected(in, expected, text ?: "", text ? strlen(text) : 0);
}

/* {"addr": ADDRESS, "len": N} */
static int read_prefix(struct import *in, struct json_object *prefix)
{
	struct json_object *length = member(prefix, "len");
	const char *addr = string_of(member(prefix, "addr"));
	char text[64];
	int n;

	if (!addr || strchr(addr, '/') || !json_object_is_type(length, json_type_int))
		return unexpected(in, "a prefix of addr and len", prefix);
	n = snprintf(text, sizeof(text), "%s/%lld", addr, (long long)json_object_get_int64(length));
	if (n >= sizeof(text))
		return unexpected(in, "a prefix of addr and len", prefix);
	return import_prefix(in, text, n);
}

/* [FROM, TO] */
static int read_range(struct import *in, struct json_object *range)
{
	const char *from, *to;

	if (!json_object_is_type(range, json_type_array) || json_object_array_length(range) != 2)
		return unexpected(in, "a range of two addresses", range);
	from = string_of(json_object_array_get_idx(range, 0));
	to = string_of(json_object_array_get_idx(range, 1));
	if (!from || !to)
		return unexpected(in, "a range of two addresses", range);
	return import_range(in, from, to);
}

/* An element with options: {"val": ELEMENT, "timeout": N, ...} */
static int read_element_with_options(struct import *in, struct json_object *object)
{
	struct json_object *value = member(object, "val");

	if (!value)
		return unexpected(in, "an element with val", object);
	if (json_object_object_length(object) > 1)
		in->has_options = true;
	return read_element(in, value);
}

static int read_element(struct import *in, struct json_object *element)
{
	struct json_object *object;

	if (json_object_is_type(element, json_type_string))
		return import_prefix(in, json_object_get_string(element),
				     json_object_get_string_len(element));
	object = member(element, "prefix");
	if (object)
		return read_prefix(in, object);
	object = member(element, "range");
	if (object)
		return read_range(in, object);
	object = member(element, "elem");
	if (object)
		return read_element_with_options(in, object);
	return unexpected(in, "an address or prefix", element);
}

static int read_elements(struct import *in, struct json_object *elements)
{
	size_t i, n;
	int err = 0;

	if (!elements)
		return 0;
	if (!json_object_is_type(elements, json_type_array))
		return unexpected(in, "a list of elements", elements);
	n = json_object_array_length(elements);
	for (i = 0; i < n && !err; i++) {
		in->number = i + 1;
		err = read_element(in, json_object_array_get_idx(elements, i));
	}
	in->number = err ? in->number : 0;
	return err;
}

/* What "element" has no type for is to be seen from its elements. */
static bool is_of_addresses(struct json_object *set)
{
	const char *type = string_of(member(set, "type"));

	return !member(set, "type") ||
	       (type && (!strcmp(type, "ipv4_addr") || !strcmp(type, "ipv6_addr")));
}

/* @name is the set's, from the first one on. */
static int read_set(struct import *in, struct json_object *set, const char **name)
{
	const char *own = string_of(member(set, "name")) ?: "";

	if (!is_of_addresses(set)) {
		notice("%s: the set %s is not of addresses alone and has been left out",
		       in->name, own);
		return 0;
	}
	if (*name && strcmp(*name, own))
		return import_refuse(in, "there are two sets, %.60s and %.60s: list one alone, with \"nft -j list set\"",
				     *name, own);
	*name = own;
	return read_elements(in, member(set, "elem"));
}

static int read_document(struct import *in, struct json_object *document)
{
	struct json_object *list = member(document, "nftables"), *item, *set;
	const char *name = NULL;
	int err = 0;
	size_t i, n;

	if (!json_object_is_type(list, json_type_array))
		return import_refuse(in, "expected the JSON of nft, but there is no list \"nftables\"");
	n = json_object_array_length(list);
	for (i = 0; i < n && !err; i++) {
		item = json_object_array_get_idx(list, i);
		set = member(item, "set") ?: member(item, "element");
		if (set)
			err = read_set(in, set, &name);
	}
	if (!err && !name)
		return import_refuse(in, "there is no set of addresses");
	return err;
}

/* The document, or NULL and a complaint. */
static struct json_object *parse(struct import *in, struct json_tokener *tokener,
				 const char *text, size_t length)
{
	enum json_tokener_error why;
	struct json_object *document;

	document = json_tokener_parse_ex(tokener, text, length);
	why = json_tokener_get_error(tokener);
	if (document && why == json_tokener_success)
		return document;
	json_object_put(document);
	if (why == json_tokener_continue)
		import_refuse(in, "the JSON ends too early");
	else
		import_refuse(in, "it is not JSON: byte %zu: %s",
			      json_tokener_get_parse_end(tokener) + 1,
			      json_tokener_error_desc(why));
	return NULL;
}

int import_nft(struct import *in, const char *text, size_t length)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *document;
	int err = -EINVAL;

	in->place = "element";
	in->number = 0;
	if (!tokener) {
		import_refuse(in, "no memory");
		return -ENOMEM;
	}
	document = length > INT_MAX ? NULL : parse(in, tokener, text, length);
	if (document)
		err = read_document(in, document);
	json_object_put(document);
	json_tokener_free(tokener);
	return err;
}
