// SPDX-License-Identifier: GPL-2.0
/*
 * Who uses the module: readers, BPF programs that call it, on devices or not, and ports
 * in other network namespaces. What cannot be read is left out.
 */
#define _GNU_SOURCE	/* setns() */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include "doctor.h"
#include "libfastdrop/bpf_object.h"
#include "libfastdrop/dispatcher.h"
#include "libfastdrop/state.h"
#include "libfastdrop/xdp.h"
#include "module.h"

#define DEVICE		"/dev/fastdrop"
#define NAMESPACES	4096	/* of network, that are told apart */
#define PATH		512

/**
 * struct program - a BPF program that may call the module
 * @id: its number
 * @name: its name
 * @is_ours: by its name; else it calls some module
 * @is_attached: a device has been found that has it
 */
struct program {
	u32 id;
	char name[BPF_OBJ_NAME_LEN];
	bool is_ours;
	bool is_attached;
};

/**
 * struct users - who has been found
 * @program: programs
 * @count: of them
 * @seen: network namespaces that we have been in
 * @namespaces: of them
 * @told: how many users have been shown
 */
struct users {
	struct program *program;
	u32 count;
	ino_t seen[NAMESPACES];
	u32 namespaces;
	char enter[PATH];	/* what is typed before a command, to be in that where we are */
	u32 told;
};

__printf(2, 3) static void tell(struct users *users, const char *format, ...)
{
	char text[2 * PATH];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	notice("%s", text);
	users->told++;
}

static bool has_open(const char *pid)
{
	char path[PATH], link[PATH];
	struct dirent *entry;
	bool found = false;
	ssize_t n;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	dir = opendir(path);
	while (dir && !found && (entry = readdir(dir))) {
		n = readlinkat(dirfd(dir), entry->d_name, link, sizeof(link) - 1);
		link[n < 0 ? 0 : n] = 0;
		found = !strcmp(link, DEVICE);
	}
	if (dir)
		closedir(dir);
	return found;
}

/* A ring is in use as long as it is mapped, though its file may be closed. */
static bool has_mapped(const char *pid)
{
	char path[PATH], *line = NULL;
	bool found = false;
	size_t room = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/maps", pid);
	file = fopen(path, "re");
	while (file && !found && getline(&line, &room, file) > 0)
		found = strstr(line, " " DEVICE "\n");
	free(line);
	if (file)
		fclose(file);
	return found;
}

static void show_readers(struct users *users)
{
	char path[PATH], name[32];
	struct dirent *entry;
	DIR *dir = opendir("/proc");

	while (dir && (entry = readdir(dir))) {
		if (!isdigit(*entry->d_name) || atoi(entry->d_name) == getpid() ||
		    (!has_open(entry->d_name) && !has_mapped(entry->d_name)))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		if (!doctor_read(path, name, sizeof(name)))
			strcpy(name, "?");
		tell(users, "process %s (%s) has " DEVICE " open", entry->d_name, name);
	}
	if (dir)
		closedir(dir);
}

static bool is_ours(const struct bpf_prog_info *info)
{
	return !strcmp(info->name, "fastdrop") || !strncmp(info->name, "fdrop_", 6);
}

/* In a dispatcher XDP programs are of type EXT. */
static bool may_call(const struct bpf_prog_info *info, int fd)
{
	return (info->type == BPF_PROG_TYPE_XDP || info->type == BPF_PROG_TYPE_EXT) &&
	       bpf_may_call_kfunc(fd);
}

static bool add_program(u32 id, int fd, void *arg)
{
	struct bpf_prog_info info = { };
	struct program program = { .id = id };
	u32 size = sizeof(info);
	struct users *users = arg;

	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		return false;
	program.is_ours = is_ours(&info);
	if (!program.is_ours && !may_call(&info, fd))
		return false;
	memcpy(program.name, info.name, sizeof(program.name));
	users->program = need(realloc(users->program, (users->count + 1) * sizeof(program)));
	users->program[users->count++] = program;
	return false;
}

/* The name, and what is to be said of it, up to the next call. */
static const char *name_of(const struct program *program)
{
	static char text[64];

	snprintf(text, sizeof(text), "%s%s", program->name,
		 program->is_ours ? "" : ", which may call the module");
	return text;
}

static void show_device(struct users *users, struct program *program,
			const struct if_nameindex *dev, const char *where)
{
	char off[XDP_OFF];

	program->is_attached = true;
	xdp_off(dev->if_name, dev->if_index, off);
	tell(users, "device %s%s has the BPF program %u (%s): %s%s", dev->if_name, where,
	     program->id, name_of(program), users->enter, off);
}

/* A component of libxdp's dispatcher on the device, which may be none of ours. */
static void show_component(struct users *users, struct program *program,
			   const struct if_nameindex *dev, const char *where, u32 component)
{
	if (program->id != component)
		return;
	program->is_attached = true;
	tell(users, "device %s%s has the BPF program %u (%s) in libxdp's dispatcher: %sxdp-loader unload %s --id %u",
	     dev->if_name, where, program->id, program->name, users->enter, dev->if_name,
	     program->id);
}

/* Of the network namespace that we are in. */
static void show_devices(struct users *users, const char *where)
{
	struct if_nameindex *devs = if_nameindex(), *dev;
	u32 id, component, i;

	for (dev = devs; dev && dev->if_index; dev++) {
		if (bpf_xdp_query_id(dev->if_index, 0, &id) || !id)
			continue;
		dispatcher_component(dev->if_index, &component);
		for (i = 0; i < users->count; i++) {
			show_component(users, &users->program[i], dev, where, component);
			if (users->program[i].id == id)
				show_device(users, &users->program[i], dev, where);
		}
	}
	if (devs)
		if_freenameindex(devs);
}

static void show_ports(struct users *users, const char *where)
{
	struct ports ports = { };
	struct nl *nl;
	u32 i;

	if (nl_open(&nl))
		return;
	if (!state_ports(nl, &ports))
		for (i = 0; i < ports.count; i++)
			tell(users, "device %s%s is protected, hook %s", ports.port[i].name,
			     where, ports.port[i].hook);
	free(ports.port);
	nl_close(nl);
}

/* Goes to a network namespace, unless we have been there. */
static bool enter(struct users *users, const char *path)
{
	struct stat status;
	bool entered;
	u32 i;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	entered = !fstat(fd, &status) && users->namespaces < NAMESPACES;
	for (i = 0; entered && i < users->namespaces; i++)
		entered = users->seen[i] != status.st_ino;
	if (entered)
		users->seen[users->namespaces++] = status.st_ino;
	entered = entered && !setns(fd, CLONE_NEWNET);
	close(fd);
	return entered;
}

static void visit(struct users *users, const char *path, const char *format,
		  const char *command, const char *name)
{
	char where[PATH];

	if (!enter(users, path))
		return;
	snprintf(where, sizeof(where), format, name);
	snprintf(users->enter, sizeof(users->enter), command, name);
	show_devices(users, where);
	show_ports(users, where);
}

/* Those with a name first: who asks knows them by it. */
static void visit_namespaces(struct users *users)
{
	char path[PATH];
	struct dirent *entry;
	DIR *dir;

	dir = opendir("/run/netns");
	while (dir && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), "/run/netns/%s", entry->d_name);
		if (*entry->d_name != '.')
			visit(users, path, " in network namespace %s", "ip netns exec %s ",
			      entry->d_name);
	}
	if (dir)
		closedir(dir);
	dir = opendir("/proc");
	while (dir && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), "/proc/%s/ns/net", entry->d_name);
		if (isdigit(*entry->d_name))
			visit(users, path, " in the network namespace of process %s",
			      "nsenter -t %s -n ", entry->d_name);
	}
	if (dir)
		closedir(dir);
}

/* Those that no device has, as far as can be seen. */
static void show_programs(struct users *users)
{
	const struct program *p;
	u32 link;

	for (p = users->program; p < users->program + users->count; p++) {
		if (p->is_attached)
			continue;
		link = bpf_link_of(p->id, 0);
		if (link)
			tell(users, "the BPF program %u (%s) is loaded, with the link %u: bpftool link detach id %u",
			     p->id, name_of(p), link, link);
		else
			tell(users, "the BPF program %u (%s) is loaded: a dispatcher or somebody's descriptor has it, or it is pinned (xdp-loader clean removes the pins of devices that are gone)",
			     p->id, name_of(p));
	}
}

void module_show_users(void)
{
	struct users *users = need(calloc(1, sizeof(*users)));
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	struct stat status;

	show_readers(users);
	bpf_each(BPF_PROGRAMS, add_program, users);
	if (home >= 0 && !fstat(home, &status))
		users->seen[users->namespaces++] = status.st_ino;
	show_devices(users, "");
	visit_namespaces(users);
	if (home >= 0 && !setns(home, CLONE_NEWNET))
		close(home);
	show_programs(users);
	if (!users->told)
		notice("nobody is found who uses it: lsmod shows modules that do; else once more, as programs and readers go in their time");
	free(users->program);
	free(users);
}
