#!/usr/bin/env python3
"""Checks the bundle of evidence that it lies in, or another one, with nothing but Python 3.11.

    python verify.py [BUNDLE.zip or its folder] [--key PUBLIC_KEY] [--head ROOT] [--receipt FILE]

It ranks a second time by its own code, checks every hash, proof and signature, says what it checked, and
ends with 1, naming the first thing wrong. The code is in the folder `checking`.
"""

import sys

sys.dont_write_bytecode = True  # the folder stays what was signed

from checking.door import main  # type: ignore[import-not-found]  # noqa: E402  # beside it in a bundle

sys.exit(main(sys.argv[1:]))
