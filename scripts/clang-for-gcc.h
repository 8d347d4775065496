/* SPDX-License-Identifier: GPL-2.0 */
/* What clang 14 does not do as gcc does: per-CPU variables by an address space of theirs. */
#undef CONFIG_CC_HAS_NAMED_AS
#undef CONFIG_USE_X86_SEG_SUPPORT
