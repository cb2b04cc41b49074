"""The measured promises: `make bench` prints each figure beside its mark. It fails nothing by itself."""
