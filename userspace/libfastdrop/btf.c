// SPDX-License-Identifier: GPL-2.0
#include "btf.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <gelf.h>
#include <unistd.h>

#define LOADED		"/sys/kernel/btf/fastdrop"
#define CONTEXT		"xdp_md"
#define FUNC_ID		"__BTF_ID__func__"
#define SET_ID		"__BTF_ID__set8__"
#define SIGNED		"~Module signature appended~\n"
#define NATIVE		(__BYTE_ORDER == __LITTLE_ENDIAN ? ELFDATA2LSB : ELFDATA2MSB)

/**
 * struct btf_base - the BTF of a kernel
 * @btf: parsed
 * @ident: the machine, if it was in an ELF file; else without a magic
 * @machine: as above
 */
struct btf_base {
	struct btf *btf;
	unsigned char ident[EI_NIDENT];
	u16 machine;
};

/**
 * struct module - a module's ELF file
 * @elf: open
 * @header: its header
 * @names: the section with the names of sections
 * @ids: the section with the numbers that are to be filled in, or NULL
 * @btf: the section with BTF, or NULL
 * @base: the section with what that builds on, if it brings that along, or NULL
 * @symbols: the table, or NULL
 * @modinfo: what modinfo shows, or NULL
 * @is_module: it has what each module has
 */
struct module {
	Elf *elf;
	GElf_Ehdr header;
	size_t names;
	Elf_Scn *ids;
	Elf_Scn *btf;
	Elf_Scn *base;
	Elf_Scn *symbols;
	Elf_Scn *modinfo;
	bool is_module;
};

/* A set as the kernel has it: how many, flags, and each number with flags of its own. */
#define SET_HEADER	8
#define PAIR		8

/* Nothing in the file is aligned. */
static u32 load32(const void *at)
{
	u32 v;

	memcpy(&v, at, sizeof(v));
	return v;
}

static void store32(void *at, u32 v)
{
	memcpy(at, &v, sizeof(v));
}

static Elf_Data *section_data(Elf_Scn *section)
{
	Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;

	return data && data->d_buf ? data : NULL;
}

/* The place in @module where a section of that name belongs. */
static Elf_Scn **section_place(struct module *module, const char *name)
{
	if (!strcmp(name, ".BTF_ids"))
		return &module->ids;
	if (!strcmp(name, ".BTF"))
		return &module->btf;
	if (!strcmp(name, ".BTF.base"))
		return &module->base;
	if (!strcmp(name, ".modinfo"))
		return &module->modinfo;
	return NULL;
}

static void find_sections(struct module *module)
{
	Elf_Scn *section = NULL, **place;
	const char *name;
	GElf_Shdr header;

	while ((section = elf_nextscn(module->elf, section))) {
		if (!gelf_getshdr(section, &header))
			continue;
		name = elf_strptr(module->elf, module->names, header.sh_name) ?: "";
		place = section_place(module, name);
		if (place)
			*place = section;
		else if (header.sh_type == SHT_SYMTAB)
			module->symbols = section;
		else if (!strcmp(name, ".gnu.linkonce.this_module"))
			module->is_module = true;
	}
}

static bool take_elf(struct module *module, Elf *elf)
{
	*module = (struct module){ .elf = elf };
	if (!elf || elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &module->header) ||
	    elf_getshdrstrndx(elf, &module->names))
		return false;
	find_sections(module);
	return true;
}

/* In any case it is to be closed. */
static bool open_module(struct module *module, const struct image *image)
{
	elf_version(EV_CURRENT);
	return take_elf(module, elf_memory((char *)image->data, image->size));
}

static void close_module(struct module *module)
{
	elf_end(module->elf);
}

/*
 * Calls @see for each symbol of .BTF_ids, with its name and what it stands for. Returns
 * false as soon as @see does.
 */
static bool each_id(const struct module *module,
		    bool (*see)(const char *name, void *at, size_t size, void *arg), void *arg)
{
	Elf_Data *data = section_data(module->ids), *table = section_data(module->symbols);
	GElf_Shdr header;
	const char *name;
	GElf_Sym symbol;
	int i;

	if (!data || !table || !gelf_getshdr(module->symbols, &header))
		return true;
	for (i = 0; gelf_getsym(table, i, &symbol); i++) {
		name = elf_strptr(module->elf, header.sh_link, symbol.st_name);
		if (!name || symbol.st_shndx != elf_ndxscn(module->ids) ||
		    symbol.st_value > data->d_size ||
		    symbol.st_size > data->d_size - symbol.st_value)
			continue;
		if (!see(name, (char *)data->d_buf + symbol.st_value, symbol.st_size, arg))
			return false;
	}
	return true;
}

/* "__BTF_ID__func__NAME__", and a number that makes it unique. */
static bool is_func_id(const char *name, size_t size)
{
	return size >= sizeof(u32) && !strncmp(name, FUNC_ID, strlen(FUNC_ID));
}

static bool is_our_id(const char *name)
{
	static const char ours[] = FUNC_ID BTF_KFUNC "__";
	size_t n = strlen(ours);

	return !strncmp(name, ours, n) && name[n] && !name[n + strspn(name + n, "0123456789")];
}

static bool is_set_id(const char *name, size_t size)
{
	return size >= SET_HEADER && !strncmp(name, SET_ID, strlen(SET_ID));
}

static u32 set_count(size_t size)
{
	return (size - SET_HEADER) / PAIR;
}

/* What must be done by hand about it: each function is known by its prototype. */
struct search {
	bool found;
	const char *unknown;
};

static bool search_id(const char *name, void *at, size_t size, void *arg)
{
	struct search *search = arg;

	if (is_func_id(name, size) && !is_our_id(name))
		search->unknown = name + strlen(FUNC_ID);
	else if (is_func_id(name, size))
		search->found = true;
	return !search->unknown;
}

static bool check_module(const struct module *module, struct reason *reason)
{
	struct search search = { };

	if (!module->is_module || module->header.e_type != ET_REL)
		return because(reason, "it is no kernel module: give the path of fastdrop.ko");
	if (module->header.e_ident[EI_DATA] != NATIVE)
		return because(reason, "it is for a machine of another byte order: do this on such a one");
	each_id(module, search_id, &search);
	if (search.unknown)
		return because(reason, "it has a kfunc that is not known here (%s): use the command that came with it",
			       search.unknown);
	return search.found ||
	       because(reason, "it has no kfunc " BTF_KFUNC ": it is not fastdrop, or older than hook xdp");
}

bool btf_is_wanted(const struct image *image, struct reason *reason)
{
	const char *packer = image_packer(image);
	struct module module;
	bool good;

	if (packer)
		return because(reason, "it is packed: unpack it by %s first", packer);
	good = open_module(&module, image) ? check_module(&module, reason) :
	       because(reason, "it is no kernel module: give the path of fastdrop.ko");
	close_module(&module);
	return good;
}

bool btf_is_signed(const struct image *image)
{
	size_t n = strlen(SIGNED);

	return image->size >= n && !memcmp(image->data + image->size - n, SIGNED, n);
}

/* "vermagic=6.1.0-56-amd64 SMP ...", among strings that end with a zero. */
static char *find_info(const Elf_Data *modinfo, const char *key)
{
	const char *p = modinfo->d_buf, *end = p + modinfo->d_size;
	size_t n, length = strlen(key);

	for (; p < end; p += n + 1) {
		n = strnlen(p, end - p);
		if (n > length && p[length] == '=' && !strncmp(p, key, length))
			return strndup(p + length + 1, n - length - 1);
	}
	return NULL;
}

char *btf_modinfo(const struct image *image, const char *key)
{
	struct module module;
	Elf_Data *modinfo;
	char *value;

	modinfo = open_module(&module, image) ? section_data(module.modinfo) : NULL;
	value = modinfo ? find_info(modinfo, key) : NULL;
	close_module(&module);
	return value;
}

static bool parse(struct btf_base *base, const void *data, size_t size, struct reason *reason)
{
	base->btf = btf__new(data, size);
	if (base->btf)
		return true;
	return because(reason, "its BTF cannot be read: %s", strerror(errno));
}

static bool parse_elf(struct btf_base *base, const struct image *image, struct reason *reason)
{
	struct module elf;
	Elf_Data *data;
	bool done;

	data = open_module(&elf, image) ? section_data(elf.btf) : NULL;
	if (data) {
		memcpy(base->ident, elf.header.e_ident, EI_NIDENT);
		base->machine = elf.header.e_machine;
		done = parse(base, data->d_buf, data->d_size, reason);
	} else {
		done = because(reason, "it has no BTF: give the kernel's vmlinux or vmlinuz, with CONFIG_DEBUG_INFO_BTF, or its "
			       BTF_RUNNING);
	}
	close_module(&elf);
	return done;
}

static bool parse_base(struct btf_base *base, const struct image *image, struct reason *reason)
{
	const u16 magic = BTF_MAGIC;
	struct image unpacked;
	bool done;

	if (image->size >= sizeof(magic) && !memcmp(image->data, &magic, sizeof(magic)))
		return parse(base, image->data, image->size, reason);
	if (!image_is_kernel(image))
		return parse_elf(base, image, reason);
	if (!image_unpack_kernel(image, &unpacked, reason))
		return false;
	done = parse_elf(base, &unpacked, reason);
	image_free(&unpacked);
	return done;
}

static int say_nothing(enum libbpf_print_level level, const char *format, va_list args)
{
	return 0;
}

struct btf_base *btf_base_open(const char *path, struct reason *reason)
{
	struct btf_base *base;
	struct reason why;
	struct image image;

	if (!image_read(path, &image, reason))
		return NULL;
	libbpf_set_print(say_nothing);
	base = calloc(1, sizeof(*base));
	if (!base) {
		because(reason, "no memory");
	} else if (!parse_base(base, &image, &why)) {
		because(reason, "%s: %s", path, why.text);
		btf_base_close(base);
		base = NULL;
	}
	image_free(&image);
	return base;
}

void btf_base_close(struct btf_base *base)
{
	if (base)
		btf__free(base->btf);
	free(base);
}

/* Whether the module can be of the machine that the base is of. */
static bool is_same_machine(const struct module *module, const struct btf_base *base)
{
	const unsigned char *ident = module->header.e_ident;
	size_t size = btf__pointer_size(base->btf);

	if (base->ident[0])
		return base->machine == module->header.e_machine &&
		       base->ident[EI_CLASS] == ident[EI_CLASS] &&
		       base->ident[EI_DATA] == ident[EI_DATA];
	return !size || size == (ident[EI_CLASS] == ELFCLASS64 ? 8 : 4);
}

static bool is_named(const struct btf *btf, const struct btf_type *type, const char *name)
{
	const char *is = btf__name_by_offset(btf, type->name_off);

	return is && !strcmp(is, name);
}

/* Whether it is "struct xdp_md *". */
static bool is_context(const struct btf *btf, u32 id)
{
	const struct btf_type *type = btf__type_by_id(btf, id);

	if (!type || !btf_is_ptr(type))
		return false;
	type = btf__type_by_id(btf, type->type);
	return type && btf_is_struct(type) && is_named(btf, type, CONTEXT);
}

/* Whether it is "int fdrop_xdp(struct xdp_md *)". */
static bool is_kfunc(const struct btf *btf, u32 id)
{
	const struct btf_type *type = btf__type_by_id(btf, id), *result;

	if (!type || !btf_is_func(type) || !is_named(btf, type, BTF_KFUNC))
		return false;
	type = btf__type_by_id(btf, type->type);
	if (!type || !btf_is_func_proto(type) || btf_vlen(type) != 1 ||
	    !is_context(btf, btf_params(type)->type))
		return false;
	result = btf__type_by_id(btf, type->type);
	return result && btf_is_int(result) && is_named(btf, result, "int");
}

static bool is_right_id(const char *name, void *at, size_t size, void *arg)
{
	if (is_func_id(name, size))
		return is_kfunc(arg, load32(at));
	return !is_set_id(name, size) || load32(at) == set_count(size);
}

static bool is_id_there(const char *name, void *at, size_t size, void *arg)
{
	return !is_func_id(name, size) || load32(at);
}

/* Not every libbpf has btf__new_split(), which its header has. */
static struct btf *parse_split(const void *data, size_t size, struct btf *base)
{
	struct reason reason;
	struct btf *btf = NULL;
	char path[32];
	int fd;

	fd = image_fd(data, size, &reason);
	if (fd < 0)
		return NULL;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	btf = btf__parse_raw_split(path, base);
	close(fd);
	return btf;
}

static enum btf_fit check_against(const struct module *module, struct btf *base)
{
	Elf_Data *data = section_data(module->btf);
	struct btf *btf;
	bool fits;

	if (!data || !each_id(module, is_id_there, NULL))
		return BTF_NONE;
	btf = parse_split(data->d_buf, data->d_size, base);
	fits = btf && each_id(module, is_right_id, btf);
	btf__free(btf);
	return fits ? BTF_FITS : BTF_FOREIGN;
}

/* Kernels from 6.11 on put BTF that brings its base along onto their own. */
static enum btf_fit check_alone(const struct module *module)
{
	Elf_Data *data = section_data(module->base);
	struct btf *base = data ? btf__new(data->d_buf, data->d_size) : NULL;
	enum btf_fit fit = base ? check_against(module, base) : BTF_FOREIGN;

	btf__free(base);
	return fit;
}

enum btf_fit btf_check(const struct image *image, const struct btf_base *base)
{
	enum btf_fit fit = BTF_NONE;
	struct module module;

	if (open_module(&module, image))
		fit = !is_same_machine(&module, base) ? BTF_FOREIGN :
		      module.base ? check_alone(&module) : check_against(&module, base->btf);
	close_module(&module);
	return fit;
}

/* "struct xdp_md *" out of the base, or made with what is there. 0 if that is not there. */
static u32 add_context(struct btf *btf, const struct btf *base)
{
	int context = btf__find_by_name_kind(base, CONTEXT, BTF_KIND_STRUCT), id;
	const struct btf_type *type;

	if (context < 0)
		return 0;
	for (id = 1; id < btf__type_cnt(base); id++) {
		type = btf__type_by_id(base, id);
		if (btf_is_ptr(type) && type->type == context)
			return id;
	}
	id = btf__add_ptr(btf, context);
	return id < 0 ? 0 : id;
}

/* The kfunc's number, or 0. */
static u32 add_kfunc(struct btf *btf, const struct btf *base)
{
	int number = btf__find_by_name_kind(base, "int", BTF_KIND_INT), prototype, id;
	u32 context = add_context(btf, base);

	if (number < 0 || !context)
		return 0;
	prototype = btf__add_func_proto(btf, number);
	if (prototype < 0 || btf__add_func_param(btf, "ctx", context))
		return 0;
	id = btf__add_func(btf, BTF_KFUNC, BTF_FUNC_STATIC, prototype);
	return id < 0 ? 0 : id;
}

static int compare_ids(const void *a, const void *b)
{
	u32 x = load32(a), y = load32(b);

	return x < y ? -1 : x > y;
}

static bool fill_func(const char *name, void *at, size_t size, void *arg)
{
	if (is_func_id(name, size))
		store32(at, *(u32 *)arg);
	return true;
}

/* Behind the functions: the kernel searches in a set. */
static bool fill_set(const char *name, void *at, size_t size, void *arg)
{
	if (!is_set_id(name, size))
		return true;
	store32(at, set_count(size));
	qsort((char *)at + SET_HEADER, set_count(size), PAIR, compare_ids);
	return true;
}

static void fill_ids(struct module *module, u32 id)
{
	each_id(module, fill_func, &id);
	each_id(module, fill_set, NULL);
	elf_flagdata(section_data(module->ids), ELF_C_SET, ELF_F_DIRTY);
}

/* A section for BTF that is empty; @names is what to free when the file is written. */
static Elf_Scn *add_section(struct module *module, char **names)
{
	Elf_Data *strings = section_data(elf_getscn(module->elf, module->names));
	Elf_Scn *section = elf_newscn(module->elf);
	GElf_Shdr header;

	if (!strings || !section || !elf_newdata(section) || !gelf_getshdr(section, &header))
		return NULL;
	*names = malloc(strings->d_size + sizeof(".BTF"));
	if (!*names)
		return NULL;
	memcpy(*names, strings->d_buf, strings->d_size);
	memcpy(*names + strings->d_size, ".BTF", sizeof(".BTF"));
	header.sh_name = strings->d_size;
	header.sh_type = SHT_PROGBITS;
	strings->d_buf = *names;
	strings->d_size += sizeof(".BTF");
	elf_flagdata(strings, ELF_C_SET, ELF_F_DIRTY);
	return gelf_update_shdr(section, &header) ? section : NULL;
}

/* What the old BTF built on; a section cannot be taken out, but be no one's. */
static bool drop_base(struct module *module)
{
	GElf_Shdr header;

	if (!module->base)
		return true;
	if (!gelf_getshdr(module->base, &header))
		return false;
	header.sh_name = 0;
	header.sh_flags = 0;
	return gelf_update_shdr(module->base, &header);
}

/* Puts the BTF and the numbers into the open file. */
static bool change(struct module *module, const struct btf *btf, u32 id, char **names)
{
	Elf_Data *data;
	u32 size;

	fill_ids(module, id);
	if (!module->btf)
		module->btf = add_section(module, names);
	data = module->btf ? elf_getdata(module->btf, NULL) : NULL;
	if (!data || !drop_base(module))
		return false;
	data->d_buf = (void *)btf__raw_data(btf, &size);
	data->d_size = size;
	data->d_type = ELF_T_BYTE;
	data->d_align = 4;
	elf_flagdata(data, ELF_C_SET, ELF_F_DIRTY);
	return data->d_buf && elf_update(module->elf, ELF_C_WRITE) >= 0;
}

static bool rewrite(const struct image *image, const struct btf *btf, u32 id, struct image *to,
		    struct reason *reason)
{
	int fd = image_fd(image->data, image->size, reason);
	struct module module;
	char *names = NULL;
	bool done;

	if (fd < 0)
		return false;
	done = take_elf(&module, elf_begin(fd, ELF_C_RDWR, NULL)) &&
	       change(&module, btf, id, &names);
	if (!done)
		because(reason, "BTF cannot be put into it: %s", elf_errmsg(-1));
	close_module(&module);
	free(names);
	done = done && image_read_fd(fd, to, reason);
	close(fd);
	return done;
}

static bool check_machine(const struct image *image, const struct btf_base *base,
			  struct reason *reason)
{
	struct module module;
	bool good;

	good = open_module(&module, image) && is_same_machine(&module, base);
	close_module(&module);
	return good || because(reason, "the base is of another machine: give that of the kernel the module is for");
}

bool btf_put(const struct image *image, const struct btf_base *base, struct image *to,
	     struct reason *reason)
{
	struct btf *btf;
	bool done;
	u32 id;

	*to = (struct image){ };
	if (!check_machine(image, base, reason))
		return false;
	btf = btf__new_empty_split(base->btf);
	id = btf ? add_kfunc(btf, base->btf) : 0;
	done = id ? rewrite(image, btf, id, to, reason) :
	       because(reason, "the base has no struct " CONTEXT ": give that of a kernel with CONFIG_BPF_SYSCALL");
	btf__free(btf);
	return done;
}

static u32 find_kfunc(const struct image *loaded, const struct btf_base *base,
		      struct reason *reason)
{
	struct btf *btf = parse_split(loaded->data, loaded->size, base->btf);
	int id = btf ? btf__find_by_name_kind(btf, BTF_KFUNC, BTF_KIND_FUNC) : 0;

	if (id < btf__type_cnt(base->btf) || !is_kfunc(btf, id))
		id = 0;
	btf__free(btf);
	if (!id)
		because(reason, "the BTF of the loaded module is that of another kernel: fastdrop module unload, fastdrop module load");
	return id;
}

u32 btf_loaded(struct reason *reason)
{
	struct btf_base *base;
	struct image image;
	u32 id;

	if (access(LOADED, R_OK)) {
		because(reason, "the loaded module has no BTF: fastdrop module unload, fastdrop module load");
		return 0;
	}
	base = btf_base_open(BTF_RUNNING, reason);
	if (!base)
		return 0;
	id = image_read(LOADED, &image, reason) ? find_kfunc(&image, base, reason) : 0;
	image_free(&image);
	btf_base_close(base);
	return id;
}
