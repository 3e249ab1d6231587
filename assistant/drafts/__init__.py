"""A draft's sentences beside the library: supported, contradicted or not mentioned, with the passages that say so."""
