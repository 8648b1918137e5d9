"""How an organism is asked when it is certified, whatever language it speaks."""

from holdfast.evidence import Ask, Decoding, Item, Message


def certificate_ask(item: Item, key: str, messages: tuple[Message, ...], decoding: Decoding, begun: str = "") -> Ask:
    """One ask of a certificate; its id is the key and the item."""
    return Ask(
        id=f"certificate/{key}/{item.id}",
        check="certificate",
        arm="subject",
        item=item.id,
        stratum=item.stratum,
        cluster=item.cluster,
        messages=messages,
        prefill=begun,
        decoding=decoding,
    )
