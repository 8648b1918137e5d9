"""What is evaluated, as the user names it.

`parse_reference` reads a reference without opening anything. Opening one needs the heavy wing: see `holdfast.audit`.
"""

from holdfast.subjects._reference import DirectoryReference, OrganismReference, Reference, parse_reference

__all__ = ["DirectoryReference", "OrganismReference", "Reference", "parse_reference"]
