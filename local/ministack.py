"""The emulator's own process: MiniStack with two settings that it offers no variable for."""

import socketserver

from ministack.app import main

# Each invocation crosses several small local HTTP exchanges; Nagle's algorithm would add 40 ms to each.
socketserver.StreamRequestHandler.disable_nagle_algorithm = True

if __name__ == "__main__":
    main()
