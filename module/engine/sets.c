// SPDX-License-Identifier: GPL-2.0
#include "sets.h"

struct fdrop_sets *fdrop_sets_create(void)
{
	struct fdrop_sets *sets = fdrop_zalloc(sizeof(*sets));

	if (sets)
		fdrop_users_init(&sets->users);
	return sets;
}

struct fdrop_sets *fdrop_sets_copy(const struct fdrop_sets *sets)
{
	struct fdrop_sets *copy = fdrop_sets_create();
	u32 i;

	if (!copy)
		return NULL;
	copy->count = sets->count;
	copy->prefixes = sets->prefixes;
	for (i = 0; i < sets->count; i++) {
		if (fdrop_set_copy(&copy->set[i], &sets->set[i])) {
			fdrop_sets_put(copy);
			return NULL;
		}
	}
	return copy;
}

void fdrop_sets_put(struct fdrop_sets *sets)
{
	u32 i;

	if (!sets || !fdrop_users_put(&sets->users))
		return;
	for (i = 0; i < sets->count; i++)
		fdrop_set_free(&sets->set[i]);
	fdrop_lpm_free(sets->lpm);
	fdrop_free(sets);
}

int fdrop_sets_find(const struct fdrop_sets *sets, const char *name, size_t length)
{
	u32 i;

	for (i = 0; i < sets->count; i++)
		if (length && length == strlen(sets->set[i].name) &&
		    !memcmp(name, sets->set[i].name, length))
			return i;
	return -1;
}

void fdrop_sets_match(const struct fdrop_sets *from, const struct fdrop_sets *to,
		      u8 places[FDROP_SETS])
{
	const char *name;
	u32 i;

	for (i = 0; i < FDROP_SETS; i++) {
		name = i < from->count ? from->set[i].name : "";
		places[i] = fdrop_sets_find(to, name, strlen(name));
	}
}

int fdrop_sets_add(struct fdrop_sets *sets, const char *name, size_t length)
{
	struct fdrop_set *set;
	u32 i;

	for (i = 0; i < sets->count; i++)
		if (!sets->set[i].name[0])
			break;
	if (i == FDROP_SETS)
		return -1;
	set = &sets->set[i];
	memset(set, 0, sizeof(*set));
	memcpy(set->name, name, length);
	if (i == sets->count)
		sets->count++;
	return i;
}

void fdrop_sets_del(struct fdrop_sets *sets, u32 place)
{
	fdrop_set_free(&sets->set[place]);
	sets->set[place].name[0] = 0;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool fdrop_sets_is_name(const char *name, size_t length)
{
	size_t i;
	char c;

	if (!length || length >= FDROP_SET_NAME || !is_letter(name[0]))
		return false;
	for (i = 0; i < length; i++) {
		c = name[i];
		if (!is_letter(c) && !(c >= '0' && c <= '9') && c != '_' && c != '-' && c != '.')
			return false;
	}
	return true;
}

int fdrop_sets_finish(struct fdrop_sets *sets)
{
	u64 prefixes = 0;
	u32 i;

	if (sets->lpm)
		return 0;
	for (i = 0; i < sets->count; i++) {
		if (fdrop_set_finish(&sets->set[i]))
			return -ENOMEM;
		prefixes += (u64)sets->set[i].count4 + sets->set[i].count6;
	}
	if (prefixes > FDROP_PREFIXES_MAX)
		return -E2BIG;
	sets->prefixes = prefixes;
	return fdrop_lpm_build(sets->set, sets->count, &sets->lpm);
}
