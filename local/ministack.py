"""The emulator's own process: MiniStack with what it offers no variable for."""

import socketserver

from ministack.app import main

from local import iam_conditions

# Each invocation crosses several small local HTTP exchanges; Nagle's algorithm would add 40 ms to each.
socketserver.StreamRequestHandler.disable_nagle_algorithm = True

if __name__ == "__main__":
    iam_conditions.install()
    main()
