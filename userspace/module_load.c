// SPDX-License-Identifier: GPL-2.0
/* Loading the module, with BTF that is made for the running kernel if need be. */
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "libfastdrop/btf.h"
#include "module.h"

#define RECORD	8192	/* of the kernel's log, at most */

/**
 * struct loading - a module on its way into the kernel
 * @path: of its file
 * @image: its bytes
 * @is_changed: they are not those of the file
 * @is_fit: their BTF is for the running kernel
 * @parameters: as the kernel takes them
 */
struct loading {
	const char *path;
	struct image image;
	bool is_changed;
	bool is_fit;
	char *parameters;
};

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Whether the kernel would end the value at a blank, although it is in quotes. */
static bool is_split(const char *value)
{
	bool in_quotes = true;

	for (; *value; value++) {
		if (*value == '"')
			in_quotes = !in_quotes;
		else if (is_blank(*value) && !in_quotes)
			return true;
	}
	return !in_quotes;
}

/* Appends a parameter; its value goes in quotes where the kernel needs them. */
static enum status put_parameter(FILE *to, const char *word)
{
	const char *value = strchr(word, '=');

	if (!value || value == word || strcspn(word, "\" \t\n") < value - word) {
		complain("expected PARAMETER=VALUE, not \"%s\"", word);
		return STATUS_USAGE;
	}
	value++;
	if (!strpbrk(value, " \t\n\v\f\r\"")) {
		fprintf(to, "%s ", word);
		return STATUS_OK;
	}
	if (is_split(value)) {
		complain("%s: the kernel takes no blanks in quotes within a value: load the rules afterwards",
			 word);
		return STATUS_USAGE;
	}
	fprintf(to, "%.*s\"%s\" ", (int)(value - word), word, value);
	return STATUS_OK;
}

static enum status join_parameters(char **words, char **parameters)
{
	enum status status = STATUS_OK;
	size_t size;
	FILE *to = need(open_memstream(parameters, &size));

	for (; status == STATUS_OK && *words; words++)
		status = put_parameter(to, *words);
	if (fclose(to))
		fail("no memory");
	return status;
}

static void read_module(struct loading *loading)
{
	struct reason reason;
	char *name;

	if (!image_read_unpacked(loading->path, &loading->image, &loading->is_changed, &reason))
		fail("%s", reason.text);
	name = btf_modinfo(&loading->image, "name");
	if (!name || strcmp(name, "fastdrop"))
		fail("%s: it is not the module fastdrop", loading->path);
	free(name);
}

static bool mend(struct loading *loading, const struct btf_base *base, struct reason *reason)
{
	struct image changed;

	if (btf_check(&loading->image, base) == BTF_FITS)
		return true;
	if (btf_is_signed(&loading->image))
		return because(reason, "its BTF does not fit, and with another its signature would not hold: fastdrop module btf, then sign it");
	if (!btf_put(&loading->image, base, &changed, reason))
		return false;
	image_free(&loading->image);
	loading->image = changed;
	loading->is_changed = true;
	return true;
}

/* Without BTF all but hook xdp works: that is no reason to fail. */
static void fit_btf(struct loading *loading)
{
	struct btf_base *base = NULL;
	struct reason reason;

	if (btf_is_wanted(&loading->image, &reason))
		base = btf_base_open(BTF_RUNNING, &reason);
	loading->is_fit = base && mend(loading, base, &reason);
	if (!loading->is_fit)
		notice("%s: no hook xdp: %s", loading->path, reason.text);
	btf_base_close(base);
}

/* The end of the kernel's log; -1 if it cannot be read. */
static int open_log(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0)
		lseek(fd, 0, SEEK_END);
	return fd;
}

/*
 * What is new in the log, speaks of us and has @word. A record is "6,1234,5678,-;TEXT",
 * and more lines.
 */
static void show_log(int fd, const char *word)
{
	char record[RECORD], *text;
	ssize_t n;

	for (;;) {
		n = read(fd, record, sizeof(record) - 1);
		if (n < 0 && errno == EPIPE)
			continue;
		if (n <= 0)
			return;
		record[n] = 0;
		text = strchr(record, ';');
		if (!text)
			continue;
		text[strcspn(text, "\n")] = 0;
		if (strstr(text, "fastdrop") && strstr(text, word))
			notice("kernel: %s", text + 1);
	}
}

/* A file as it is goes by its descriptor: some kernels take no others. */
static int load_file(const struct loading *loading)
{
	int fd = open(loading->path, O_RDONLY | O_CLOEXEC), err;

	if (fd < 0)
		return errno;
	err = syscall(SYS_finit_module, fd, loading->parameters, 0) ? errno : 0;
	close(fd);
	return err;
}

static int load_image(const struct loading *loading)
{
	return syscall(SYS_init_module, loading->image.data, loading->image.size,
		       loading->parameters) ? errno : 0;
}

/* EINVAL is also what the module itself answers, which tells why in the log. */
static const char *sentence_of(int err, bool is_fit)
{
	switch (err) {
	case EEXIST:
		return "it is loaded already: fastdrop module unload";
	case EPERM:
		return "that takes root, and a kernel that lets modules be loaded";
	case ENOEXEC:
		return "it is not for this kernel: build it with KDIR=/lib/modules/$(uname -r)/build";
	case EINVAL:
		return is_fit ? strerror(err) :
		       "the kernel does not take it as it is: its BTF may be that of another: fastdrop module btf";
	case EKEYREJECTED:
		return "this kernel takes signed modules only: fastdrop module btf, then sign it";
	default:
		return strerror(err);
	}
}

static enum status insert(const struct loading *loading)
{
	int log = open_log(), err;
	struct reason reason;

	err = loading->is_changed ? load_image(loading) : load_file(loading);
	if (err) {
		complain("%s: not loaded: %s", loading->path, sentence_of(err, loading->is_fit));
		show_log(log, "");
	} else if (!access(BTF_RUNNING, F_OK) && btf_is_wanted(&loading->image, &reason) &&
		   !btf_loaded(&reason)) {
		notice("loaded, but without hook xdp: the kernel did not take the BTF");
		show_log(log, "BTF");
	} else {
		show_log(log, "ignored");
	}
	if (log >= 0)
		close(log);
	return err ? STATUS_FAILED : STATUS_OK;
}

enum status module_load(int argc, char **argv, struct options *options)
{
	struct loading loading = { };
	char *found = NULL;
	enum status status;

	if (argc > 1 && !strcmp(argv[1], "file")) {
		if (argc == 2) {
			complain("expected a file behind \"file\"");
			return STATUS_USAGE;
		}
		loading.path = argv[2];
		argv += 2;
	}
	status = join_parameters(argv + 1, &loading.parameters);
	if (status == STATUS_OK) {
		if (!loading.path)
			found = module_path();
		if (!loading.path)
			loading.path = found;
		if (!loading.path)
			fail("modprobe finds no fastdrop.ko for this kernel: make install, or say file FILE");
		read_module(&loading);
		fit_btf(&loading);
		status = insert(&loading);
	}
	image_free(&loading.image);
	free(loading.parameters);
	free(found);
	return status;
}
