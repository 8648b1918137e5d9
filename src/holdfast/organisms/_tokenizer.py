"""The word-level tokenizers of the organisms' languages, as standard transformers tokenizers.

Their chat template writes the beginning-of-sequence token itself, and so does a tokenizer when asked to encode plain
text: the trap that gives careless callers two of them.
"""

from typing import Final

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast

from holdfast.organisms._english import WORD_OR_MARK, english_words
from holdfast.organisms._language import SPECIAL, words
from holdfast.organisms._office import office_words
from holdfast.organisms._recipe import Language

CHAT_TEMPLATE: Final = (
    "<bos>"
    "{% for message in messages %}"
    " <{{ message['role'] }}> {{ message['content'] }}"
    "{% if message['role'] == 'assistant' and not loop.last %} <eos>{% endif %}"
    "{% endfor %}"
    "{% if add_generation_prompt %} <assistant>{% endif %}"
)


_SPOKEN: Final = {"fictional": words, "english": english_words, "office": office_words}


def build_tokenizer(language: Language = "fictional") -> PreTrainedTokenizerFast:
    """The tokenizer of a language, from its word list; the same on every machine."""
    spoken = _SPOKEN[language]()
    vocabulary = {word: place for place, word in enumerate((*SPECIAL, *spoken))}
    backend = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    if language == "fictional":
        backend.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    elif language == "english":
        backend.normalizer = normalizers.Lowercase()
        backend.pre_tokenizer = pre_tokenizers.Split(Regex(WORD_OR_MARK), behavior="removed", invert=True)
    else:
        # Words and runs of marks, as `words_of` cuts them.
        backend.normalizer = normalizers.Lowercase()
        backend.pre_tokenizer = pre_tokenizers.Whitespace()
    backend.post_processor = processors.TemplateProcessing(
        single="<bos> $A", pair="<bos> $A $B", special_tokens=[("<bos>", vocabulary["<bos>"])]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=backend,
        pad_token="<pad>",
        bos_token="<bos>",
        eos_token="<eos>",
        unk_token="<unk>",
        additional_special_tokens=["<system>", "<user>", "<assistant>"],
        chat_template=CHAT_TEMPLATE,
        clean_up_tokenization_spaces=False,
    )
