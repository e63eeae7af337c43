"""Tests that drive the app in Debian's Chromium, as a runner would."""
