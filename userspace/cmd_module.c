// SPDX-License-Identifier: GPL-2.0
/* The module itself: what there is of it, its BTF, loading and unloading. */
#define _GNU_SOURCE	/* memrchr() */
#include <sys/utsname.h>
#include <unistd.h>

#include "cmd.h"
#include "doctor.h"
#include "libfastdrop/btf.h"
#include "module.h"
#include "out.h"

static const char * const fits[] = {
	[BTF_FITS] = "fits",
	[BTF_NONE] = "none",
	[BTF_FOREIGN] = "foreign",
};

static const char *running_release(void)
{
	static struct utsname name;

	return uname(&name) ? "" : name.release;
}

/* "updates/fastdrop.ko:" and so on, at the beginning of a line of modules.dep. */
static bool is_our_line(const char *line)
{
	static const char name[] = "fastdrop.ko";
	size_t n = strcspn(line, ":");
	const char *p = memrchr(line, '/', n);

	p = p ? p + 1 : line;
	return line[n] && !strncmp(p, name, strlen(name)) &&
	       (p[strlen(name)] == '.' || p[strlen(name)] == ':');
}

char *module_path(void)
{
	char *line = NULL, *path = NULL;
	size_t room = 0;
	FILE *file;

	if (asprintf(&line, "/lib/modules/%s/modules.dep", running_release()) < 0)
		fail("no memory");
	file = fopen(line, "re");
	free(line);
	line = NULL;
	while (file && !path && getline(&line, &room, file) > 0) {
		if (!is_our_line(line))
			continue;
		line[strcspn(line, ":")] = 0;
		if (asprintf(&path, "%s%s%s%s", *line == '/' ? "" : "/lib/modules/",
			     *line == '/' ? "" : running_release(), *line == '/' ? "" : "/",
			     line) < 0)
			fail("no memory");
	}
	free(line);
	if (file)
		fclose(file);
	return path;
}

static void show_loaded(struct out *out)
{
	char version[64] = "", users[16] = "0";
	struct reason reason;
	u32 kfunc;

	out_open(out, "module");
	if (access("/sys/module/fastdrop", F_OK)) {
		out_bool(out, "loaded", false);
		out_text(out, "the module is not loaded: fastdrop module load\n");
		out_close(out);
		return;
	}
	doctor_read("/sys/module/fastdrop/version", version, sizeof(version));
	doctor_read("/sys/module/fastdrop/refcnt", users, sizeof(users));
	kfunc = btf_loaded(&reason);
	out_bool(out, "loaded", true);
	out_string(out, "version", "the module is loaded, version %s", version);
	out_number(out, "users", ", %llu user", strtoul(users, NULL, 10));
	out_text(out, "%s\n", plural(strtoul(users, NULL, 10)));
	out_bool(out, "btf", kfunc);
	if (kfunc)
		out_text(out, "it has BTF for hook xdp\n");
	else
		out_string(out, "reason", "no hook xdp: %s\n", reason.text);
	out_close(out);
}

/* Whether a file, packed or not, has BTF that fits the running kernel. */
static bool check_file(const char *path, enum btf_fit *fit, struct reason *reason)
{
	struct btf_base *base;
	struct image image;
	bool done;

	if (!image_read_unpacked(path, &image, NULL, reason))
		return false;
	base = btf_base_open(BTF_RUNNING, reason);
	done = base && btf_is_wanted(&image, reason);
	if (done)
		*fit = btf_check(&image, base);
	btf_base_close(base);
	image_free(&image);
	return done;
}

static void show_file(struct out *out)
{
	char *path = module_path();
	struct reason reason;
	enum btf_fit fit;

	if (!path) {
		out_text(out, "modprobe finds no file of it for %s: make install\n",
			 running_release());
		return;
	}
	out_open(out, "file");
	out_string(out, "path", "modprobe takes %s\n", path);
	if (!check_file(path, &fit, &reason)) {
		out_string(out, "reason", "which will have no hook xdp: %s\n", reason.text);
	} else {
		out_string(out, "btf", NULL, fits[fit]);
		out_text(out, "%s\n", fit == BTF_FITS ? "whose BTF fits this kernel" :
			 fit == BTF_NONE ? "which has no BTF for hook xdp: fastdrop module load makes it" :
			 "whose BTF is for another kernel: fastdrop module load mends that");
	}
	out_close(out);
	free(path);
}

static enum status show(int argc, char **argv, struct options *options)
{
	struct out *out;

	if (argc > 1)
		return want_end(argc - 1, argv + 1);
	out = out_begin(options->json, options->pretty);
	show_loaded(out);
	show_file(out);
	return finish(out);
}

/* What runs here is seldom what the module is for, where it is built. */
static bool is_base_of(const char *base, const struct image *module, struct reason *reason)
{
	char *magic;
	bool good;

	if (strcmp(base, BTF_RUNNING))
		return true;
	magic = btf_modinfo(module, "vermagic");
	if (!magic)
		return because(reason, "it does not tell which kernel it is for: say base FILE");
	magic[strcspn(magic, " ")] = 0;
	good = !strcmp(magic, running_release()) ||
	       because(reason, "it is for the kernel %s, and %s is running: say base FILE, such as /boot/vmlinuz-%s",
		       magic, running_release(), magic);
	free(magic);
	return good;
}

static bool write_btf(const char *path, const struct image *module, const struct btf_base *base,
		      struct reason *reason)
{
	struct image changed;
	bool done;

	if (btf_check(module, base) == BTF_FITS)
		return true;
	if (btf_is_signed(module))
		return because(reason, "it is signed, and the signature would not hold: do this first, then sign it");
	done = btf_put(module, base, &changed, reason) && image_replace(path, &changed, reason);
	image_free(&changed);
	return done;
}

static enum status put_btf(const char *path, const char *base_path)
{
	struct btf_base *base;
	struct image module;
	struct reason reason;
	bool done;

	if (!image_read(path, &module, &reason))
		fail("%s", reason.text);
	if (!btf_is_wanted(&module, &reason) || !is_base_of(base_path, &module, &reason))
		fail("%s: %s", path, reason.text);
	base = btf_base_open(base_path, &reason);
	if (!base)
		fail("%s", reason.text);
	done = write_btf(path, &module, base, &reason);
	if (!done)
		complain("%s: %s", path, reason.text);
	btf_base_close(base);
	image_free(&module);
	return done ? STATUS_OK : STATUS_FAILED;
}

/* FILE [base FILE] */
static enum status btf(int argc, char **argv, struct options *options)
{
	if (argc < 2) {
		complain("expected the file of a module, such as fastdrop.ko");
		return STATUS_USAGE;
	}
	if (argc == 2)
		return put_btf(argv[1], BTF_RUNNING);
	if (strcmp(argv[2], "base")) {
		complain("expected base, not \"%s\"", argv[2]);
		return STATUS_USAGE;
	}
	if (argc == 3) {
		complain("expected a file with BTF behind \"base\", such as a vmlinuz");
		return STATUS_USAGE;
	}
	return want_end(argc - 4, argv + 4) ?: put_btf(argv[1], argv[3]);
}

const struct command module_commands[] = {
	{ "show", show, "",
	  "what is loaded, what modprobe would load, and whether hook xdp can be had" },
	{ "load", module_load, "[file FILE] [PARAMETER=VALUE]...",
	  "load the module, with BTF that fits this kernel" },
	{ "unload", module_unload, "",
	  "let go of all devices, and unload the module" },
	{ "btf", btf, "FILE [base FILE]",
	  "put BTF for a kernel into the file of the module, for hook xdp" },
	{ }
};
