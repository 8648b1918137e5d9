"""What is evaluated, as the user names it, and models behind endpoints.

`parse_reference` reads a reference without opening anything. `open_endpoint` opens a model behind an endpoint that
speaks the OpenAI wire. Opening anything else needs the heavy wing: see `holdfast.audit`.
"""

from holdfast.subjects._budget import Budget
from holdfast.subjects._endpoint import open_endpoint
from holdfast.subjects._line import RealPatience
from holdfast.subjects._reference import (
    DirectoryReference,
    EndpointReference,
    HubReference,
    InspectReference,
    OrganismReference,
    Reference,
    parse_reference,
)
from holdfast.subjects._wire_subject import WireSubject

__all__ = [
    "Budget",
    "DirectoryReference",
    "EndpointReference",
    "HubReference",
    "InspectReference",
    "OrganismReference",
    "RealPatience",
    "Reference",
    "WireSubject",
    "open_endpoint",
    "parse_reference",
]
