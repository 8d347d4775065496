// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE	/* memfd_create() */
#include "image.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define FIRST_ROOM	1048576
#define NAME_ROOM	4096

/* Of the boot protocol of x86: Documentation/arch/x86/boot.rst. */
#define SETUP_SECTORS	0x1f1
#define MAGIC		0x202
#define PROTOCOL	0x206
#define PAYLOAD		0x248
#define PAYLOAD_SIZE	0x24c
#define HEADER		0x250
#define SECTOR		512

/**
 * struct packing - a way to pack
 * @magic: what the bytes begin with
 * @length: of that
 * @unpack: the program, which filters
 * @tail: bytes behind what is packed in a kernel: its size
 */
static const struct packing {
	const char *magic;
	u8 length;
	const char *unpack[4];
	u8 tail;
} packings[] = {
	{ "\3757zXZ", 6, { "xz", "-dcq" }, 4 },
	{ "\x28\xb5\x2f\xfd", 4, { "zstd", "-dcq" }, 4 },
	{ "\x1f\x8b", 2, { "gzip", "-dcq" }, 0 },
	{ "\x02\x21\x4c\x18", 4, { "lz4", "-dcq" }, 4 },
	{ "\x89LZO", 4, { "lzop", "-dcq" }, 4 },
	{ "BZh", 3, { "bzip2", "-dcq" }, 4 },
	{ "\x5d\0\0", 3, { "xz", "--format=lzma", "-dcq" }, 4 },
};

bool because(struct reason *reason, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(reason->text, sizeof(reason->text), format, args);
	va_end(args);
	return false;
}

void image_free(struct image *image)
{
	free(image->data);
	*image = (struct image){ };
}

/* Files of sysfs do not tell their size: it is found by reading. */
static bool read_all(int fd, struct image *image, size_t room)
{
	void *data = malloc(room);
	ssize_t n;

	while (data) {
		image->data = data;
		n = read(fd, image->data + image->size, room - image->size);
		if (n <= 0)
			return !n;
		image->size += n;
		if (image->size == room) {
			room *= 2;
			data = realloc(image->data, room);
		}
	}
	errno = ENOMEM;
	return false;
}

bool image_read_fd(int fd, struct image *image, struct reason *reason)
{
	struct stat status;
	size_t room = FIRST_ROOM;

	*image = (struct image){ };
	if (!fstat(fd, &status) && status.st_size >= room)
		room = status.st_size + 1;
	if (!lseek(fd, 0, SEEK_SET) && read_all(fd, image, room))
		return true;
	because(reason, "%s", strerror(errno));
	image_free(image);
	return false;
}

bool image_read(const char *path, struct image *image, struct reason *reason)
{
	struct reason why;
	bool done;
	int fd;

	*image = (struct image){ };
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return because(reason, "%s: %s", path, strerror(errno));
	done = image_read_fd(fd, image, &why);
	close(fd);
	return done || because(reason, "%s: %s", path, why.text);
}

static bool write_all(int fd, const void *data, size_t size)
{
	const char *from = data;
	ssize_t n;

	for (; size; from += n, size -= n) {
		n = write(fd, from, size);
		if (n < 0)
			return false;
	}
	return true;
}

int image_fd(const void *data, size_t size, struct reason *reason)
{
	int fd = memfd_create("fastdrop", MFD_CLOEXEC);

	if (fd >= 0 && write_all(fd, data, size) && !lseek(fd, 0, SEEK_SET))
		return fd;
	because(reason, "no file in memory: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

static const struct packing *find_packing(const u8 *data, size_t size)
{
	const struct packing *p;

	for (p = packings; p < packings + ARRAY_SIZE(packings); p++)
		if (size > p->length && !memcmp(data, p->magic, p->length))
			return p;
	return NULL;
}

const char *image_packer(const struct image *image)
{
	const struct packing *p = find_packing(image->data, image->size);

	return p ? p->unpack[0] : NULL;
}

/* Runs the program from one descriptor to another; what it says is not for our users. */
static bool filter(const struct packing *p, int in, int out, struct reason *reason)
{
	posix_spawn_file_actions_t actions;
	int status = -1, err;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	err = posix_spawnp(&pid, p->unpack[0], &actions, NULL, (char **)p->unpack, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (err)
		return because(reason, "it is packed by %s, which does not run: %s: install %s",
			       p->unpack[0], strerror(err), p->unpack[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return !status || because(reason, "%s could not unpack it: the file is damaged",
				  p->unpack[0]);
}

static bool unpack(const struct packing *p, const u8 *data, size_t size, struct image *to,
		   struct reason *reason)
{
	bool done = false;
	int in, out;

	in = image_fd(data, size, reason);
	out = in < 0 ? -1 : image_fd(NULL, 0, reason);
	if (out >= 0)
		done = filter(p, in, out, reason) && image_read_fd(out, to, reason);
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	return done;
}

bool image_unpack(const struct image *packed, struct image *to, struct reason *reason)
{
	const struct packing *p = find_packing(packed->data, packed->size);

	*to = (struct image){ };
	if (!p)
		return because(reason, "it is not packed in a known way");
	return unpack(p, packed->data, packed->size, to, reason);
}

bool image_read_unpacked(const char *path, struct image *image, bool *was_packed,
			 struct reason *reason)
{
	struct reason why;
	struct image file;
	bool done, packed;

	if (!image_read(path, image, reason))
		return false;
	packed = image_packer(image);
	if (was_packed)
		*was_packed = packed;
	if (!packed)
		return true;
	file = *image;
	done = image_unpack(&file, image, &why) || because(reason, "%s: %s", path, why.text);
	image_free(&file);
	return done;
}

static u32 load_le32(const u8 *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (u32)p[3] << 24;
}

bool image_is_kernel(const struct image *image)
{
	return image->size > HEADER && !memcmp(image->data + MAGIC, "HdrS", 4);
}

bool image_unpack_kernel(const struct image *kernel, struct image *to, struct reason *reason)
{
	const u8 *data = kernel->data;
	const struct packing *p;
	u64 begin, size;

	*to = (struct image){ };
	if (data[PROTOCOL + 1] < 2 || (data[PROTOCOL + 1] == 2 && data[PROTOCOL] < 8))
		return because(reason, "it does not tell where its payload is");
	begin = ((data[SETUP_SECTORS] ?: 4) + 1) * SECTOR + (u64)load_le32(data + PAYLOAD);
	size = load_le32(data + PAYLOAD_SIZE);
	if (begin + size > kernel->size)
		return because(reason, "its payload goes on behind its end: it is not complete");
	p = find_packing(data + begin, size);
	if (!p || size <= p->tail)
		return because(reason, "its payload is not packed in a known way");
	return unpack(p, data + begin, size - p->tail, to, reason);
}

/* Fills the new file, which is beside the old one, and renames it. */
static bool put_beside(int fd, const char *beside, const char *path, const struct image *image)
{
	struct stat status;

	return !stat(path, &status) && !fchown(fd, status.st_uid, status.st_gid) &&
	       !fchmod(fd, status.st_mode & 07777) && write_all(fd, image->data, image->size) &&
	       !fsync(fd) && !rename(beside, path);
}

bool image_replace(const char *path, const struct image *image, struct reason *reason)
{
	char real[NAME_ROOM], beside[NAME_ROOM + 16];
	bool done;
	int fd;

	if (!realpath(path, real))
		return because(reason, "%s: %s", path, strerror(errno));
	snprintf(beside, sizeof(beside), "%s.XXXXXX", real);
	fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0)
		return because(reason, "no file can be made beside %s: %s", real, strerror(errno));
	done = put_beside(fd, beside, real, image);
	if (!done) {
		because(reason, "%s could not be replaced: %s", real, strerror(errno));
		unlink(beside);
	}
	close(fd);
	return done;
}
