// SPDX-License-Identifier: GPL-2.0
/*
 * Locks: a reader's own mutex guards its setup, and is the first one; readers_lock
 * guards who reads which port. It comes behind RTNL, and before the ports' mutex.
 * Packets take neither: they find taps by RCU, and a reader is freed behind a grace
 * period.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "reader.h"

#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/irq_work.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/poll.h>
#include <linux/printk.h>
#include <linux/rculist.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

#include "port.h"
#include "ring.h"
#include "ring_pages.h"

#define DEFAULT_RING	SZ_1M
#define DEFAULT_SNAP	128
#define DEFAULT_TIMEOUT	10	/* ms */
#define LONGEST_TIMEOUT	10000
#define LARGEST_RING	((u32)SZ_1G)
#define BYTES_A_PORT	256	/* of a ring: what a port's end takes is a small part of it */

/**
 * struct slot - one CPU's ring
 * @ring: as the packet path has it
 * @wake: wakes the reader, outside of the packet path
 * @pages: its memory
 * @reader: whose
 */
struct slot {
	struct fdrop_ring ring;
	struct irq_work wake;
	struct fdrop_ring_pages pages;
	struct reader *reader;
};

/**
 * struct source - a port that is read
 * @tap: its place among the port's
 * @port: the port; NULL when it has ended
 */
struct source {
	struct fdrop_tap tap;
	struct fdrop_port *port;
};

/**
 * struct reader - an open file
 * @lock: guards the setup
 * @net: the namespace of whoever opened it
 * @ready: the setup is done; setup, slots and rings do not change from then on
 * @setup: what is in force
 * @slots: one for each possible CPU, in order
 * @slot_count: how many
 * @rings: their rings by CPU
 * @sources: the ports, under readers_lock
 * @live: how many of them have not ended
 * @list: among all readers, under readers_lock
 * @wait: who sleeps
 * @sleeping: somebody does, and is to be woken
 * @overdue: what there is has waited long enough
 * @look: looks for that, while somebody sleeps
 */
struct reader {
	struct mutex lock;	/* the first one to be taken */
	struct net *net;
	bool ready;
	struct fastdrop_setup setup;
	struct slot **slots;
	u32 slot_count;
	struct fdrop_ring **rings;
	struct source *sources;
	u32 live;
	struct list_head list;
	wait_queue_head_t wait;
	bool sleeping;
	bool overdue;
	struct delayed_work look;
};

static DEFINE_MUTEX(readers_lock);
static LIST_HEAD(readers);
static unsigned int reader_count;

static unsigned int reader_max = 16;
module_param_named(readers, reader_max, uint, 0644);
MODULE_PARM_DESC(readers, "how many may have /dev/fastdrop open at once (default 16)");

static unsigned int ring_max = SZ_64M;
module_param(ring_max, uint, 0644);
MODULE_PARM_DESC(ring_max, "bytes of a ring, of which a reader has one a CPU, at most (default 64 MiB)");

static void wake_up_reader(struct reader *reader)
{
	wake_up_interruptible_poll(&reader->wait, EPOLLIN | EPOLLRDNORM | EPOLLHUP);
}

static void wake_work(struct irq_work *work)
{
	wake_up_reader(container_of(work, struct slot, wake)->reader);
}

static void wake_ring(struct fdrop_ring *ring)
{
	irq_work_queue(&container_of(ring, struct slot, ring)->wake);
}

/* Whether some ring has so many bytes. Nonsense from the reader counts as many. */
static bool has_bytes(const struct reader *reader, u64 least)
{
	const struct fdrop_ring *ring;
	u64 tail;
	u32 i;

	for (i = 0; i < reader->slot_count; i++) {
		ring = &reader->slots[i]->ring;
		/* The reader's first: it does not pass the one that is read behind it. */
		tail = smp_load_acquire(&ring->consumer->position);
		if (READ_ONCE(ring->producer->position) - tail >= least)
			return true;
	}
	return false;
}

/*
 * While somebody may sleep. That the packet path may miss that for a moment does no
 * harm: this comes again.
 */
static void look_work(struct work_struct *work)
{
	struct reader *reader = container_of(to_delayed_work(work), struct reader, look);

	if (!READ_ONCE(reader->sleeping))
		return;
	if (has_bytes(reader, 1)) {
		WRITE_ONCE(reader->overdue, true);
		WRITE_ONCE(reader->sleeping, false);
		wake_up_reader(reader);
	} else if (READ_ONCE(reader->live) && wq_has_sleeper(&reader->wait)) {
		queue_delayed_work(system_wq, &reader->look,
				   msecs_to_jiffies(reader->setup.timeout_ms));
	}
}

/* A ring is set up as a whole, and then not touched but by its CPU. */
static void init_ring(struct fdrop_ring *ring, const struct slot *slot, int cpu)
{
	const struct fastdrop_setup *setup = &slot->reader->setup;
	u8 *pages = slot->pages.kernel;

	ring->consumer = (struct fastdrop_consumer *)pages;
	ring->producer = (struct fastdrop_producer *)(pages + PAGE_SIZE);
	ring->producer->cpu = cpu;
	ring->data = pages + 2 * PAGE_SIZE;
	ring->mask = setup->ring_bytes - 1;
	ring->limit = setup->ring_bytes - setup->ports * sizeof(struct fastdrop_record);
	ring->full_at = ring->limit;
	ring->wake_at = setup->watermark;
	ring->snap = setup->snap_length;
	ring->watermark = setup->watermark;
	ring->sleeping = &slot->reader->sleeping;
	ring->wake = wake_ring;
}

static int add_slot(struct reader *reader, int cpu)
{
	struct slot *slot;
	int err;

	slot = kzalloc_node(sizeof(*slot), GFP_KERNEL_ACCOUNT, cpu_to_node(cpu));
	if (!slot)
		return -ENOMEM;
	reader->slots[reader->slot_count++] = slot;
	reader->rings[cpu] = &slot->ring;
	slot->reader = reader;
	init_irq_work(&slot->wake, wake_work);
	err = fdrop_ring_pages_alloc(&slot->pages, reader->setup.ring_bytes >> PAGE_SHIFT, cpu);
	if (!err)
		init_ring(&slot->ring, slot, cpu);
	return err;
}

static int alloc_rings(struct reader *reader)
{
	int cpu, err;

	reader->slots = kcalloc(num_possible_cpus(), sizeof(*reader->slots), GFP_KERNEL_ACCOUNT);
	reader->rings = kcalloc(nr_cpu_ids, sizeof(*reader->rings), GFP_KERNEL_ACCOUNT);
	reader->sources = kcalloc(reader->setup.ports, sizeof(*reader->sources),
				  GFP_KERNEL_ACCOUNT);
	if (!reader->slots || !reader->rings || !reader->sources)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		err = fatal_signal_pending(current) ? -EINTR : add_slot(reader, cpu);
		if (err)
			return err;
	}
	return 0;
}

/* No packet uses them any more. */
static void free_rings(struct reader *reader)
{
	u32 i;

	for (i = 0; i < reader->slot_count; i++) {
		irq_work_sync(&reader->slots[i]->wake);
		fdrop_ring_pages_free(&reader->slots[i]->pages);
		kfree(reader->slots[i]);
	}
	kfree(reader->sources);
	kfree(reader->rings);
	kfree(reader->slots);
	reader->slot_count = 0;
	reader->sources = NULL;
	reader->rings = NULL;
	reader->slots = NULL;
}

/* The port's packets come to the reader from now on. Called with readers_lock. */
static int open_source(struct reader *reader, u32 ifindex, struct source *source)
{
	/* Still on the list: then its end is yet to come, and waits for the lock. */
	source->port = ifindex ? fdrop_port_get(reader->net, ifindex, NULL) : NULL;
	if (!source->port)
		return -EINVAL;
	source->tap.rings = reader->rings;
	hlist_add_head_rcu(&source->tap.node, &source->port->dp.taps);
	reader->live++;
	return 0;
}

static void close_source(struct reader *reader, struct source *source)
{
	if (!source->port)
		return;
	hlist_del_rcu(&source->tap.node);
	fdrop_port_put(source->port);
	source->port = NULL;
	/* Pairs with the acquire in reader_poll(): its end is in a ring. */
	smp_store_release(&reader->live, reader->live - 1);
}

/* When it returns, no CPU uses the rings. */
static void close_sources(struct reader *reader)
{
	u32 i;

	if (!reader->sources)
		return;
	mutex_lock(&readers_lock);
	list_del_init(&reader->list);
	for (i = 0; i < reader->setup.ports; i++)
		close_source(reader, &reader->sources[i]);
	mutex_unlock(&readers_lock);
	synchronize_rcu();
}

static int open_sources(struct reader *reader, const u32 *ifindex)
{
	int err = 0;
	u32 i;

	mutex_lock(&readers_lock);
	for (i = 0; !err && i < reader->setup.ports; i++)
		err = open_source(reader, ifindex[i], &reader->sources[i]);
	if (!err)
		list_add(&reader->list, &readers);
	mutex_unlock(&readers_lock);
	if (err)
		close_sources(reader);
	return err;
}

/* What is 0 is for us to choose. */
static void choose(struct fastdrop_setup *setup)
{
	if (!setup->ring_bytes)
		setup->ring_bytes = clamp_t(u32, rounddown_pow_of_two(READ_ONCE(ring_max) ?: 1),
					    PAGE_SIZE, DEFAULT_RING);
	if (!setup->snap_length)
		setup->snap_length = DEFAULT_SNAP;
	if (!setup->watermark)
		setup->watermark = setup->ring_bytes / 2;
	if (!setup->timeout_ms)
		setup->timeout_ms = DEFAULT_TIMEOUT;
}

static bool is_valid(const struct fastdrop_setup *setup)
{
	u32 largest = min(READ_ONCE(ring_max), LARGEST_RING);

	return !setup->flags && !setup->reserved && !setup->span && !setup->rings &&
	       !setup->reserved2 &&
	       setup->ports >= 1 && setup->ports <= FASTDROP_SETUP_PORTS &&
	       is_power_of_2(setup->ring_bytes) && setup->ring_bytes >= PAGE_SIZE &&
	       setup->ring_bytes >= setup->ports * BYTES_A_PORT &&
	       setup->ring_bytes <= largest && setup->snap_length <= setup->ring_bytes / 4 &&
	       setup->watermark <= setup->ring_bytes / 2 && setup->timeout_ms <= LONGEST_TIMEOUT;
}

/* A caller that knows more than we do may, as long as it does not ask for it. */
static int read_setup(struct fastdrop_setup *setup, const void __user *from)
{
	u32 size;
	int err;

	if (get_user(size, (const u32 __user *)from))
		return -EFAULT;
	if (size < sizeof(*setup) || size > PAGE_SIZE)
		return -EINVAL;
	err = copy_struct_from_user(setup, sizeof(*setup), from, size);
	if (err)
		return err == -E2BIG ? -EINVAL : err;
	if (setup->size != size)
		return -EINVAL;	/* somebody changes it meanwhile */
	setup->size = sizeof(*setup);
	choose(setup);
	return is_valid(setup) ? 0 : -EINVAL;
}

static bool is_port(const struct net *net, u32 ifindex)
{
	struct fdrop_port *port = ifindex ? fdrop_port_get(net, ifindex, NULL) : NULL;

	if (port)
		fdrop_port_put(port);
	return port;
}

/* All are ports, and none is there twice. They may go before they are opened. */
static bool are_ports(const struct net *net, const u32 *ifindex, u32 count)
{
	u32 i, j;

	for (i = 0; i < count; i++) {
		if (!is_port(net, ifindex[i]))
			return false;
		for (j = 0; j < i; j++)
			if (ifindex[i] == ifindex[j])
				return false;
	}
	return true;
}

/* In force, or as if it had not been asked for. */
static int apply_setup(struct reader *reader, const struct fastdrop_setup *setup,
		       const u32 *ifindex)
{
	int err;

	reader->setup = *setup;
	reader->setup.span = (u64)fdrop_ring_span(setup->ring_bytes >> PAGE_SHIFT) << PAGE_SHIFT;
	reader->setup.rings = num_possible_cpus();
	err = alloc_rings(reader) ?: open_sources(reader, ifindex);
	if (err)
		free_rings(reader);
	return err;
}

static int set_up(struct reader *reader, void __user *arg)
{
	u32 ifindex[FASTDROP_SETUP_PORTS];
	struct fastdrop_setup setup;
	int err;

	if (reader->ready)
		return -EBUSY;
	err = read_setup(&setup, arg);
	if (err)
		return err;
	if (copy_from_user(ifindex, u64_to_user_ptr(setup.ifindex),
			   setup.ports * sizeof(*ifindex)))
		return -EFAULT;
	if (!are_ports(reader->net, ifindex, setup.ports))
		return -EINVAL;
	err = apply_setup(reader, &setup, ifindex);
	if (err)
		return err;
	if (copy_to_user(arg, &reader->setup, sizeof(reader->setup))) {
		close_sources(reader);
		free_rings(reader);
		return -EFAULT;
	}
	/* Pairs with the acquire in is_ready(): the rings are there. */
	smp_store_release(&reader->ready, true);
	return 0;
}

static long reader_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct reader *reader = file->private_data;
	long err;

	if (cmd != FASTDROP_SETUP)
		return -ENOTTY;
	mutex_lock(&reader->lock);
	err = set_up(reader, (void __user *)arg);
	mutex_unlock(&reader->lock);
	return err;
}

static bool is_ready(const struct reader *reader)
{
	/* Pairs with the release in set_up(). */
	return smp_load_acquire(&reader->ready);
}

static int reader_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct reader *reader = file->private_data;
	unsigned long span, i;

	if (!is_ready(reader))
		return -EINVAL;
	span = fdrop_ring_span(reader->setup.ring_bytes >> PAGE_SHIFT);
	i = vma->vm_pgoff / span;
	if (i >= reader->slot_count)
		return -EINVAL;
	return fdrop_ring_pages_map(&reader->slots[i]->pages, vma, vma->vm_pgoff % span);
}

/*
 * There is something from the watermark on, or when what there is has waited. Whoever
 * does not sleep looks into the rings. Others may sleep though there is something for
 * this one: with another thread, or with edges of epoll, for which nobody asks again.
 */
static __poll_t reader_poll(struct file *file, struct poll_table_struct *wait)
{
	struct reader *reader = file->private_data;
	__poll_t mask;

	poll_wait(file, &reader->wait, wait);
	if (!is_ready(reader))
		return EPOLLERR;
	/* Pairs with the release in close_source(). */
	mask = smp_load_acquire(&reader->live) ? 0 : EPOLLHUP;
	WRITE_ONCE(reader->sleeping, true);
	queue_delayed_work(system_wq, &reader->look, msecs_to_jiffies(reader->setup.timeout_ms));
	if (!has_bytes(reader, reader->setup.watermark) &&
	    !((mask || READ_ONCE(reader->overdue)) && has_bytes(reader, 1)))
		return mask;
	WRITE_ONCE(reader->overdue, false);
	return EPOLLIN | EPOLLRDNORM | mask;
}

/* One more, if there may be. */
static int count_reader(void)
{
	unsigned int limit = READ_ONCE(reader_max);
	int err = 0;

	mutex_lock(&readers_lock);
	if (reader_count < limit)
		reader_count++;
	else
		err = -EMFILE;
	mutex_unlock(&readers_lock);
	if (err)
		pr_notice_ratelimited("/dev/fastdrop is open %u times, and that is the limit: see the parameter readers\n",
				      limit);
	return err;
}

static void discount_reader(void)
{
	mutex_lock(&readers_lock);
	reader_count--;
	mutex_unlock(&readers_lock);
}

static int reader_open(struct inode *inode, struct file *file)
{
	struct reader *reader;
	int err;

	/* As with netlink. The mode of the file is right for others' namespaces too. */
	if (!capable(CAP_NET_ADMIN))
		return -EPERM;
	err = count_reader();
	if (err)
		return err;
	reader = kzalloc(sizeof(*reader), GFP_KERNEL_ACCOUNT);
	if (!reader) {
		discount_reader();
		return -ENOMEM;
	}
	mutex_init(&reader->lock);
	reader->net = get_net(current->nsproxy->net_ns);
	INIT_LIST_HEAD(&reader->list);
	init_waitqueue_head(&reader->wait);
	INIT_DELAYED_WORK(&reader->look, look_work);
	file->private_data = reader;
	return nonseekable_open(inode, file);
}

static int reader_release(struct inode *inode, struct file *file)
{
	struct reader *reader = file->private_data;

	close_sources(reader);
	cancel_delayed_work_sync(&reader->look);
	free_rings(reader);
	put_net(reader->net);
	mutex_destroy(&reader->lock);
	kfree(reader);
	discount_reader();
	return 0;
}

static const struct file_operations reader_fops = {
	.owner = THIS_MODULE,
	.open = reader_open,
	.release = reader_release,
	.unlocked_ioctl = reader_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.mmap = reader_mmap,
	.poll = reader_poll,
};

static struct miscdevice reader_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "fastdrop",
	.mode = 0600,
	.fops = &reader_fops,
};

/* By this CPU's ring: nobody else writes there while BH is off. */
static void write_end(struct reader *reader, u32 ifindex)
{
	struct fdrop_shown shown = { .time = ktime_get_real_ns(), .ifindex = ifindex };

	local_bh_disable();
	shown.cpu = smp_processor_id();
	fdrop_ring_end(reader->rings[shown.cpu], &shown);
	local_bh_enable();
}

/* Its end comes before the hang-up, if it is the last one; and both before the wakeup. */
static void end_source(struct reader *reader, struct source *source)
{
	write_end(reader, source->port->ifindex);
	close_source(reader, source);
	WRITE_ONCE(reader->overdue, true);
	wake_up_reader(reader);
}

/* Its hook is gone: the packets that it had are in the rings. */
static int port_event(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct fdrop_port_news *news = data;
	struct reader *reader;
	u32 i;

	if (event != FDROP_PORT_REMOVED)
		return NOTIFY_DONE;
	mutex_lock(&readers_lock);
	list_for_each_entry(reader, &readers, list)
		for (i = 0; i < reader->setup.ports; i++)
			if (reader->sources[i].port == news->port)
				end_source(reader, &reader->sources[i]);
	mutex_unlock(&readers_lock);
	return NOTIFY_DONE;
}

static struct notifier_block port_nb = {
	.notifier_call = port_event,
};

int fdrop_reader_init(void)
{
	int err = fdrop_port_watch(&port_nb);

	if (err)
		return err;
	err = misc_register(&reader_device);
	if (err)
		fdrop_port_unwatch(&port_nb);
	return err;
}

void fdrop_reader_exit(void)
{
	misc_deregister(&reader_device);
	fdrop_port_unwatch(&port_nb);
}
