"""Single flights that are shown: in a window, in a film, by keys or by a policy."""
