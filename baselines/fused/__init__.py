"""C++ of this project that trainings compile at their start, for this processor."""
