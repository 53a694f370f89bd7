/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "refusing_send.h"

#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>
#include <time.h>

enum { SEGMENT_OPTION = 103 }; /* UDP_SEGMENT of linux/udp.h */

static int refused_sends, send_error, segment_error, refused_receives, receive_error, segmented;

int __real_sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags);
int __wrap_sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags);
int __real_recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags,
                    struct timespec *timeout);
int __wrap_recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags,
                    struct timespec *timeout);

void refuse_sends(int times, int error)
{
	refused_sends = times;
	send_error = error;
}

void refuse_segmentation(int error)
{
	segment_error = error;
}

void refuse_receives(int times, int error)
{
	refused_receives = times;
	receive_error = error;
}

int segmented_sends(void)
{
	return segmented;
}

static bool is_segmented(struct msghdr *message)
{
	for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header != NULL;
	     header = CMSG_NXTHDR(message, header))
		if (header->cmsg_level == IPPROTO_UDP && header->cmsg_type == SEGMENT_OPTION)
			return true;
	return false;
}

static int refuse(int error)
{
	errno = error;
	return -1;
}

int __wrap_sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags)
{
	if (refused_sends > 0) {
		refused_sends--;
		return refuse(send_error);
	}
	if (is_segmented(&messages[0].msg_hdr)) {
		if (segment_error != 0)
			return refuse(segment_error);
		segmented++;
	}
	return __real_sendmmsg(fd, messages, count, flags);
}

int __wrap_recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags,
                    struct timespec *timeout)
{
	if (refused_receives > 0) {
		refused_receives--;
		return refuse(receive_error);
	}
	return __real_recvmmsg(fd, messages, count, flags, timeout);
}
