# SPDX-License-Identifier: ISC
"""What stops the build of the site: one sentence for a person."""


class Failure(Exception):
    pass
