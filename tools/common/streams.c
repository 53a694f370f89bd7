/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/streams.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/settings.h"

bool hold_streams(void)
{
	for (int number = 0; number <= STDERR_FILENO; number++) {
		if (fcntl(number, F_GETFD) != -1)
			continue;
		/* The lowest free number is this one. The wrong direction lets every use fail. */
		const int flags = number == STDIN_FILENO ? O_WRONLY : O_RDONLY;
		if (open("/dev/null", flags) != number) {
			complain("/dev/null cannot be opened: %s", strerror(errno));
			return false;
		}
	}
	return true;
}

int end_output(int code)
{
	/* Where an earlier failure has emptied the buffer, flushing it succeeds. */
	const bool failed = ferror(stdout) != 0;
	errno = 0;
	if ((fflush(stdout) == 0 && !failed) || code != EXIT_DONE)
		return code;
	complain("what was printed could not be written to stdout%s%s", errno != 0 ? ": " : "",
	         errno != 0 ? strerror(errno) : "");
	return EXIT_LOCAL;
}
