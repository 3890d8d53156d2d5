"""The whole of Storekeeper on one machine: `python -m local up`.

Glossary: the *emulator* is MiniStack, AWS on a local port. The *stack* is everything that `up` runs. A *child* is a
process of the stack that ends with the supervisor. The *pump* carries stream records to functions. The *gateway* is the
one address that people use. *State* is the folder (`.local/`) that holds all the files of a running stack. A *save* is
all that an emulator held at one moment, from which the next start goes on.
"""
