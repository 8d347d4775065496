// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "doctor.h"
#include "libfastdrop/btf.h"
#include "libfastdrop/xdp.h"

#define VARIABLES	"/sys/firmware/efi/efivars"
#define OLDEST_MAJOR	6
#define OLDEST_MINOR	1

static void look_at_kernel(struct doctor *doctor)
{
	unsigned int major = 0, minor = 0;
	struct utsname name;

	if (uname(&name) || sscanf(name.release, "%u.%u", &major, &minor) != 2)
		return;
	if (major < OLDEST_MAJOR || (major == OLDEST_MAJOR && minor < OLDEST_MINOR))
		doctor_find(doctor, DOCTOR_PROBLEM, "boot a kernel from 6.1 on",
			    "the kernel %s is older than 6.1, which the module needs", name.release);
	else if (major == 6 && (minor == 1 || minor == 12))
		doctor_find(doctor, DOCTOR_OK, NULL, "the kernel %s is of a supported series",
			    name.release);
	else
		doctor_find(doctor, DOCTOR_NOTE, "see that the module builds, and try it with dryrun on",
			    "the kernel %s is not of a tested series: these are 6.1 and 6.12",
			    name.release);
	if (strcmp(name.machine, "x86_64"))
		doctor_find(doctor, DOCTOR_NOTE, "try it with dryrun on",
			    "fastdrop is tested on x86_64, and this is %s", name.machine);
}

static void look_at_module(struct doctor *doctor)
{
	char version[64];

	if (access("/sys/module/fastdrop", F_OK))
		doctor_find(doctor, DOCTOR_PROBLEM, "modprobe fastdrop", "the module is not loaded");
	else if (doctor_read("/sys/module/fastdrop/version", version, sizeof(version)))
		doctor_find(doctor, DOCTOR_OK, NULL, "the module is loaded, version %s", version);
	else
		doctor_find(doctor, DOCTOR_OK, NULL, "the module is loaded");
}

/* The firmware's variable has four bytes of attributes, then one that is 1 or 0. */
static bool is_secure_boot(void)
{
	DIR *dir = opendir(VARIABLES);
	char path[512], value[8] = "";
	struct dirent *entry;
	FILE *file = NULL;

	while (dir && !file && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "SecureBoot-", 11))
			continue;
		snprintf(path, sizeof(path), VARIABLES "/%s", entry->d_name);
		file = fopen(path, "rb");
	}
	if (dir)
		closedir(dir);
	if (file) {
		if (fread(value, 1, sizeof(value), file) < 5)
			value[4] = 0;
		fclose(file);
	}
	return value[4] == 1;
}

static bool is_module_signed(void)
{
	char taint[16];

	return !doctor_read("/sys/module/fastdrop/taint", taint, sizeof(taint)) ||
	       !strchr(taint, 'E');
}

/* "none [integrity] confidentiality" */
static bool is_locked_down(void)
{
	char lockdown[128];

	return doctor_read("/sys/kernel/security/lockdown", lockdown, sizeof(lockdown)) &&
	       !strstr(lockdown, "[none]");
}

static bool are_signatures_enforced(void)
{
	char enforce[8];

	return doctor_read("/sys/module/module/parameters/sig_enforce", enforce,
			   sizeof(enforce)) && *enforce == 'Y';
}

static void look_at_signatures(struct doctor *doctor)
{
	static const char sign[] =
		"sign fastdrop.ko with a key that the firmware knows: mokutil, kmodsign";
	bool is_loaded = !access("/sys/module/fastdrop", F_OK);
	enum doctor_level level = is_loaded ? DOCTOR_NOTE : DOCTOR_PROBLEM;

	if (is_locked_down())
		doctor_find(doctor, level, sign, "the kernel is locked down and takes signed modules only");
	else if (are_signatures_enforced())
		doctor_find(doctor, level, sign, "the kernel takes signed modules only");
	else
		doctor_find(doctor, DOCTOR_OK, NULL, "the kernel takes modules without a signature");
	if (is_secure_boot())
		doctor_find(doctor, DOCTOR_NOTE, sign, "Secure Boot is on");
	else
		doctor_find(doctor, DOCTOR_OK, NULL, "Secure Boot is off, or there is none");
	if (is_loaded && !is_module_signed())
		doctor_find(doctor, DOCTOR_NOTE, NULL, "the loaded module is not signed");
}

/* What hook xdp needs, and no other. */
static void look_at_xdp(struct doctor *doctor)
{
	struct reason reason;

	if (access(BTF_RUNNING, F_OK)) {
		doctor_find(doctor, DOCTOR_NOTE, NULL, "the kernel has no BTF: there is no hook xdp");
		return;
	}
	if (xdp_jit_is_off())
		doctor_find(doctor, DOCTOR_NOTE, "sysctl net.core.bpf_jit_enable=1",
			    "the BPF JIT is off: there is no hook xdp");
	if (access("/sys/module/fastdrop", F_OK))
		return;
	if (btf_loaded(&reason))
		doctor_find(doctor, DOCTOR_OK, NULL, "the loaded module has BTF for this kernel, as hook xdp needs");
	else
		doctor_find(doctor, DOCTOR_NOTE, NULL, "there is no hook xdp: %s", reason.text);
}

void doctor_host(struct doctor *doctor)
{
	doctor->dev = NULL;
	look_at_kernel(doctor);
	look_at_module(doctor);
	look_at_signatures(doctor);
	look_at_xdp(doctor);
}
