/* SPDX-License-Identifier: GPL-2.0 */
/* /dev/fastdrop: whoever has it open is a reader, with a ring for each CPU. */
#ifndef FDROP_READER_H
#define FDROP_READER_H

int fdrop_reader_init(void);
void fdrop_reader_exit(void);

#endif /* FDROP_READER_H */
