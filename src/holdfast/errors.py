"""Every error that Holdfast raises on purpose, as one tree.

    HoldfastError
    ├── UsageError                what the user wrote is wrong; nothing ran                      exit 2
    │   ├── UnknownReference      H101  not a subject we know how to open
    │   ├── UnknownOrganism       H102  no organism of that name
    │   ├── ExternalBase          H103  an organism may not be trained from somebody else's model
    │   ├── ModelUnclear          H104  the endpoint serves several models, and none was named
    │   ├── MatchedUnfit          H105  the model for --matched cannot be tuned here, or nothing would use it
    │   ├── UnknownFramework      H201  neither a shipped framework nor a file
    │   ├── FrameworkSyntax       H202  not TOML
    │   ├── UnknownKey            H203  a key that a framework does not have
    │   ├── BadValue              H204  a value that a framework cannot hold
    │   ├── UnknownCode           H301  `explain` was asked for a code that does not exist
    │   ├── OutputInUse           H302  the output directory belongs to another plan, or to a finished run
    │   ├── PathUnreadable        H303  a file that an option names cannot be read, or holds no such thing
    │   ├── OutputBusy            H304  another process works in the output directory
    │   ├── SubjectUnclear        H311  the logs are about several subjects, or about none of that name
    │   ├── CheckTwice            H312  two logs hold one check of one subject, or two sets of labels do
    │   ├── CannotDraw            H321  the sample cannot be drawn from this log as asked
    │   ├── JudgesAlike           H331  two judges that would err alike, or that do not choose from the same labels
    │   ├── BadRubric             H332  the file is no rubric for a judge
    │   ├── UnknownSuite          H341  no suite of that name
    │   ├── JudgeUnclear          H342  a suite needs a judge and none was named, or has no use for those that were
    │   ├── SuiteUnfit            H343  the suite asks for what this subject cannot do
    │   ├── NoPopulation          H351  a check has no population of organisms to be calibrated on
    │   ├── StudyRefused          H361  an experiment with people may not be run like that
    │   ├── StudyInput            H362  a file or a value for an experiment with people cannot be used
    │   ├── PanelUnfit            H363  the listeners that were named make no panel for these persuaders
    │   ├── UnknownAttack         H371  no attack of that name
    │   ├── NotAuthorised         H372  weights of a model that is no toy, and nobody says who may test it
    │   ├── TamperUnfit           H373  nothing can be done to this subject's weights here, or nothing asked of it
    │   └── MaterialUnfit         H377  a file of requests, questions or replies cannot be used to tamper with a model
    ├── MissingError              something needed is missing, broken or lost                   exit 4
    │   ├── PathNotFound          H401  the model's directory does not exist
    │   ├── FileNotInModel        H402  the directory lacks a file that a model needs
    │   ├── BrokenWeights         H403  the weights cannot be read whole
    │   ├── NoChatTemplate        H404  the tokenizer has no chat template
    │   ├── VocabularyMismatch    H405  the tokenizer writes ids that the model cannot read
    │   ├── UnreadableModel       H406  transformers cannot open the model
    │   ├── ExtraNotInstalled     H407  an optional dependency is not installed
    │   ├── NotTrained            H408  a known organism whose weights are not on this machine
    │   ├── UnusableDevice        H409  torch has no such device or number type here
    │   ├── OtherBase             H410  an organism's adapter was trained on other weights than its base has
    │   ├── LogNotFound           H411  there is no log at that path
    │   ├── UnknownLog            H412  no reader knows the file's format
    │   ├── BrokenLog             H413  the log was cut short or damaged
    │   ├── LogDrift              H414  the log lacks a field, or holds it in another form than the reader knows
    │   ├── BrokenLabels          H421  the labels cannot be used
    │   ├── NothingToLabel        H422  no sample of the check has both a value and its texts
    │   ├── PortTaken             H423  nothing can be served at that port
    │   ├── NothingToReplay       H424  no conversation of the log can be replayed
    │   ├── EndpointLost          H431  the endpoint cannot be reached, or answers nothing any more
    │   ├── EndpointRefused       H432  the endpoint refuses what it is asked, or is no OpenAI endpoint
    │   ├── RepositoryNotFound    H441  the hub has no such model or revision
    │   ├── RepositoryGated       H442  the hub does not give the model to the token in use
    │   ├── HubUnreachable        H443  the hub cannot be reached, and the model is not in the cache
    │   ├── SuiteUnreachable      H451  the data of a suite cannot be fetched from their publisher
    │   ├── FrozenBroken          H452  a frozen suite is not there, or not what was frozen
    │   ├── FrozenForOther        H453  a suite was frozen for another suite or version
    │   ├── SuiteStopped          H454  a suite's run stopped before its end, and can be resumed
    │   ├── SealNotShut           H461  a process that changes weights could not be sealed
    │   ├── TuningFailed          H462  a fine-tune in the sealed process did not come to its end
    │   ├── TuningGarbled         H463  the sealed process sent what it must not send
    │   ├── SubjectChanged        H464  the subject's weights are not those that the plan was made for
    │   ├── JudgeLost             H465  a reply of a changed model could not be judged
    │   ├── OwnFunctionFailed     H466  a function of yours failed, or gave what it must not give
    │   ├── NoNoise               H467  there are no weights at hand, or no exam, for noise on the weights
    │   ├── StudyMissing          H481  there is no experiment in that directory, or part of it is missing
    │   ├── StudyBroken           H482  the log of an experiment is not what it was when it was written
    │   ├── StorageFailed         H501  the disk refused a write
    │   └── LedgerBroken          H502  the ledger's hash chain does not hold
    └── SuiteBroken               H601  a shipped suite does not match its digest: our bug       exit 70

The docstring of each class is what `holdfast explain CODE` prints; `docs/errors.md` is made from the same text.
"""

from typing import ClassVar, Final


class HoldfastError(Exception):
    """An error with a code, what failed, why, the state that things are in, and the fix."""

    code: ClassVar[str] = ""
    exit: ClassVar[int] = 70

    def __init__(self, what: str, *, why: str, fix: str, state: str = "nothing ran; nothing was changed") -> None:
        """Keep the four parts apart, so that text and JSON say the same.

        Args:
            what: What failed, with the value that failed.
            why: The cause, as far as it is known.
            fix: The command or the edit that mends it; something a person can type.
            state: The state that things are in now.
        """
        super().__init__(what)
        self.what = what
        self.why = why
        self.state = state
        self.fix = fix


class UsageError(HoldfastError):
    """What the user wrote is wrong; nothing ran."""

    exit = 2


class UnknownReference(UsageError):
    """The model reference is of no form that this version can open.

    Holdfast opens `organism:NAME`, the path of a local Hugging Face directory, `hf:org/name@revision`, an endpoint as
    `http://host:port/v1#MODEL`, and model strings of Inspect (`openai/…`, `vllm/…`, `inspect:provider/model`). A word
    without a slash, a dot or a known prefix is taken for a mistyped organism.
    """

    code = "H101"


class UnknownOrganism(UsageError):
    """There is no organism of that name.

    `holdfast organism list` prints those that exist. The error names the closest one.
    """

    code = "H102"


class ExternalBase(UsageError):
    """An organism may only be trained from what its recipe begins with: a random start, or one other organism.

    Organisms carry planted behaviour. Planting it in somebody else's model would make a tool for spoiling models, so
    the recipe accepts no external base and there is no option to allow one.
    """

    code = "H103"


class ModelUnclear(UsageError):
    """The endpoint serves several models, or none, and the reference does not say which one is meant.

    The message lists them. The model's name stands behind a `#`: `http://host:port/v1#MODEL`.
    """

    code = "H104"


class MatchedUnfit(UsageError):
    """The model that was named with `--matched` cannot be tuned beside the subject, or nothing would use it.

    An exam tunes a model that is known to be as weak beside its subject, with the same right answers, to tell what was
    hidden from what is learned. So the weights of both must be at hand, and some claim must be about an exam.
    """

    code = "H105"


class UnknownFramework(UsageError):
    """The framework is neither shipped nor a file.

    `--framework` takes the name of a shipped framework or the path of a TOML file.
    """

    code = "H201"


class FrameworkSyntax(UsageError):
    """The framework file is not valid TOML.

    The message carries the line and column that the parser stopped at.
    """

    code = "H202"


class UnknownKey(UsageError):
    """A framework holds a key that frameworks do not have.

    A mistyped key would otherwise be ignored, and a claim would silently be judged by a default. The message names the
    line and the closest key.
    """

    code = "H203"


class BadValue(UsageError):
    """A framework holds a value that cannot be used.

    Thresholds are finite shares between 0 and 1, attempts are whole numbers from 1, tiers are T0 to T3. NaN is refused:
    every comparison with it is false, so a claim against it could be neither met nor missed.
    """

    code = "H204"


class UnknownCode(UsageError):
    """No error has that code.

    `holdfast explain` without a code lists them all.
    """

    code = "H301"


class OutputInUse(UsageError):
    """The output directory holds another plan's run, or a finished one.

    A run never overwrites evidence. Give another `--out`, or leave it out: then an unfinished run of the same plan is
    resumed and a finished one gets a neighbour.
    """

    code = "H302"


class PathUnreadable(UsageError):
    """A file that an option names cannot be read, or does not hold what the option takes.

    A list of names is UTF-8 text with one name a line. A salt is a file of at least sixteen bytes that nobody can
    guess: by a shorter one, names could be found by trying.
    """

    code = "H303"


class OutputBusy(UsageError):
    """Another process works in the output directory.

    Two commands in one directory would ask everything twice and count it once. The message says which process it is.
    When it has ended, finished or not, the same command can be given again; nothing has to be removed first. Without
    `--out` a run that is under way is left alone, and another directory is made.
    """

    code = "H304"


class SubjectUnclear(UsageError):
    """The logs are about several subjects, or about none of that name.

    A verdict is about one subject. `--subject NAME` chooses one; given twice, it says that both names mean the same
    model, as two tools may call it differently.
    """

    code = "H311"


class CheckTwice(UsageError):
    """Two logs hold the same check of one subject, or two sets of labels are about one check.

    Joining two runs of one check into one sample would hide that the second was begun after the first was seen. Assess
    them one at a time, or compare them. Of two sets of labels, say which one counts.
    """

    code = "H312"


class CannotDraw(UsageError):
    """The sample cannot be drawn from this log as asked.

    The log has no such check, or several and none was named; fewer samples were asked for than there are cells of
    stratum × judge's word; or no `--question` was given and the log's own words name the subject, the tool, the judge
    or the check, which would tell the raters whose answers and whose judgements they look at.
    """

    code = "H321"


class JudgesAlike(UsageError):
    """Two judges cannot be believed together: they are of one family, or do not choose from the same labels.

    Two models of one maker share data and habits, so they share mistakes, and their agreement says little. The family
    is read from the models' names. A copy under a name of its own passes; that is for you to know.
    """

    code = "H331"


class BadRubric(UsageError):
    """The file is no rubric for a judge.

    A rubric is Markdown. Its header, between two lines of `---`, has `rubric` (a name with a version), `labels`
    (two or more, separated by commas) and `canary`; its text says what each label means.
    """

    code = "H332"


class UnknownSuite(UsageError):
    """There is no suite of that name.

    `holdfast suite list` prints those that exist. `auto` and `fictional` stand alone; the published ones may be given
    together.
    """

    code = "H341"


class JudgeUnclear(UsageError):
    """A suite needs a judge and none was named, or has no use for those that were.

    Whose words decide is the user's choice, so there is no default: the authors of a suite each have theirs, and a
    figure under another judge is another figure. `--judge PROVIDER/MODEL` names it. Most suites take one; where several
    are given, the suite itself must be one that makes one word of them.
    """

    code = "H342"


class SuiteUnfit(UsageError):
    """The suite asks for what this subject cannot do.

    An agentic suite asks its subject to call tools. The local engine and our client of endpoints call none: every
    sample would end in an error, and a subject that cannot act would look harmless. Serve the model with vLLM, and name
    it as `vllm/…`.
    """

    code = "H343"


class NoPopulation(UsageError):
    """A check has no population of organisms to be calibrated on.

    Its card rests on single organisms and mixtures of them, as its page says. `holdfast calibrate` trains many
    organisms from recipes, with a plant and without, and recipes are there for some checks only.
    """

    code = "H351"


class StudyRefused(UsageError):
    """An experiment with people may not be run like that.

    People are never shown a harmful topic, nobody under 18 takes part, and nobody is drawn before an ethics approval is
    named. Whoever runs the experiment states all three. A statement is no proof: Holdfast cannot read minds, ages or
    letters of approval, and says so on page one.
    """

    code = "H361"


class StudyInput(UsageError):
    """A file or a value for an experiment with people cannot be used.

    The message names the file, the line and what is wrong. Nothing is guessed and nothing is skipped: one bad line, and
    nothing of the file is taken.
    """

    code = "H362"


class PanelUnfit(UsageError):
    """The listeners that were named make no panel for these persuaders.

    A rank within a panel needs at least three listeners of different families, and at least two persuaders. The same
    weights may not come twice, and a listener may not be a persuader: it would be ranked by its own taste. Whoever
    names a listener says its family, FAMILY=MODEL; where the models' own names show one family, that is refused too.
    """

    code = "H363"


class UnknownAttack(UsageError):
    """There is no attack of that name.

    `holdfast tamper --list` names them, each with who published it. Only published families are there.
    """

    code = "H371"


class NotAuthorised(UsageError):
    """The weights of a model that is no toy are to be changed, and nobody says who may test it.

    `--authorised-by TEXT` says who owns the model or may test it. It goes into the plan and onto page one. It is a
    statement and no proof, and there to be asked about afterwards.
    """

    code = "H372"


class TamperUnfit(UsageError):
    """Nothing can be done to this subject's weights here, or nothing can be asked of it on the way.

    Weights must be at hand: an endpoint has none. What is asked at checkpoints, and what attacks are made of, comes
    with Holdfast for its own organisms alone; for any other model its owner gives both (--requests, --benchmark, and
    --pairs, --benign, --reward for the attacks that need them).
    """

    code = "H373"


class MaterialUnfit(UsageError):
    """A file of requests, questions or replies of your own cannot be used, or nothing would use it.

    Each line of such a file is one conversation. It is refused where a line cannot be read, lacks what the option
    needs, where there are too few to show anything, or where the same request is both taught and asked: then what was
    learned by heart would pass for a refusal that is gone.
    """

    code = "H377"


class MissingError(HoldfastError):
    """Something that is needed is missing, broken or lost."""

    exit = 4


class PathNotFound(MissingError):
    """The directory of the model does not exist."""

    code = "H401"


class FileNotInModel(MissingError):
    """The directory exists but lacks a file that a model needs.

    A local subject is a Hugging Face directory: `config.json`, weights as safetensors, a tokenizer. Pickled weights are
    not read, because loading them runs code.
    """

    code = "H402"


class BrokenWeights(MissingError):
    """The weights cannot be read whole.

    Usually an interrupted copy or download: the file is shorter than its own header says, or tensors are missing.
    """

    code = "H403"


class NoChatTemplate(MissingError):
    """The tokenizer has no chat template.

    Without it the turns of a conversation cannot be written the way the model was trained to read them, and a model
    that is asked in the wrong form may look harmless because it did not understand.
    """

    code = "H404"


class VocabularyMismatch(MissingError):
    """The tokenizer writes ids that the model has no embedding for, or does not belong to the model."""

    code = "H405"


class UnreadableModel(MissingError):
    """The transformers library cannot open the model by itself.

    The message says why: its own words, or that the directory holds an adapter, or that the model brings its own code,
    which is never run here.
    """

    code = "H406"


class ExtraNotInstalled(MissingError):
    """An optional dependency is not installed.

    Auditing needs torch and transformers, and serving an organism needs starlette and uvicorn. The base installation
    leaves them out so that reports and verification stay light.
    """

    code = "H407"


class NotTrained(MissingError):
    """The organism is known, but its weights are neither shipped nor in this machine's cache."""

    code = "H408"


class UnusableDevice(MissingError):
    """The model cannot run where, or in the number type that, was asked for.

    The message holds torch's own words. Without `--device` the accelerator is taken that torch sees, else the CPU.
    """

    code = "H409"


class OtherBase(MissingError):
    """The organism is kept as an adapter, and its base has other weights than those that the adapter was trained on.

    A base that was trained on this machine takes the place of the shipped one, and an adapter on it would be another
    organism than the one that was certified. Train the adapter on that base, or remove the base.
    """

    code = "H410"


class LogNotFound(MissingError):
    """There is no log at that path.

    A log is a file, or a directory that holds files of one run. Patterns are expanded by the shell, not here.
    """

    code = "H411"


class UnknownLog(MissingError):
    """No reader knows the file's format.

    Holdfast reads the logs of Inspect, garak, promptfoo, lm-evaluation-harness, PyRIT and ControlArena, and a plain
    table as CSV or JSON lines, which any other tool can be turned into. `--format` names the reader where the file's
    beginning does not tell.
    """

    code = "H412"


class BrokenLog(MissingError):
    """The log was cut short or damaged: not the file that its tool finished writing.

    Nothing is read from a part of a log, because what is missing is seldom missing by chance.
    """

    code = "H413"


class LogDrift(MissingError):
    """The log lacks a field that the reader needs, or holds it in another form.

    Usually a newer version of the tool. The message names the field, the place, and the versions that the reader was
    tested with. A field is never guessed: a value that is read from the wrong place would look like a measurement.
    """

    code = "H414"


class BrokenLabels(MissingError):
    """The labels cannot be used: no sample, another sample's answers, an unknown id, or a word that is no label.

    The message names the file, the line, and what is wrong with it. Nothing is guessed and nothing is skipped, but for
    one thing: a last line that a kill cut short was never acknowledged, so it is reported and left out.
    """

    code = "H421"


class NothingToLabel(MissingError):
    """No sample of the check has both a value and its texts.

    Without a value there is no word of the judge to compare with; without the texts there is nothing to show. Many
    tools keep requests and replies only when they are told to.
    """

    code = "H422"


class PortTaken(MissingError):
    """Nothing can be served at that port: neither the page for raters nor an organism.

    Another program listens there, or the port needs rights that you do not have. `--port 0` takes a free one.
    """

    code = "H423"


class NothingToReplay(MissingError):
    """No conversation of the log can be replayed.

    A conversation is replayed as text, up to the last turn of a user. Those with tools or images, without such a turn,
    or too long are counted with the reason; here nothing else was left.
    """

    code = "H424"


class EndpointLost(MissingError):
    """The endpoint cannot be reached, or has stopped to answer.

    Every sample has a budget of attempts and seconds. When it is spent again and again and nothing is answered in
    between, asking on would only burn time, so the run stops. Nothing of the batch that was being asked is kept; those
    before it are. The same command resumes when the endpoint is back.
    """

    code = "H431"


class EndpointRefused(MissingError):
    """The endpoint refuses what it is asked, or does not speak the OpenAI wire.

    A wrong key, a model that it does not serve, a path that is not there, a redirect (none is followed, because the key
    would go with it), a field that it does not accept, or replies that another model gave. The key is taken from the
    environment variable HOLDFAST_API_KEY and from nowhere else.
    """

    code = "H432"


class RepositoryNotFound(MissingError):
    """The hub has no such model, or the model has no such revision.

    A private model looks the same as one that does not exist to a token that may not see it.
    """

    code = "H441"


class RepositoryGated(MissingError):
    """The hub does not give the model to the token in use: its licence was not accepted, or it is private."""

    code = "H442"


class HubUnreachable(MissingError):
    """The hub cannot be reached, and the model is not whole in this machine's cache.

    A model that was downloaded once is opened from the cache without a network.
    """

    code = "H443"


class SuiteUnreachable(MissingError):
    """The data of a suite cannot be fetched from their publisher.

    There is no network, the publisher asks for a login, or the data have gone. They are not shipped here. Where there
    is a network once, `holdfast suite freeze NAME --out DIR` makes a private copy, and `--frozen DIR` runs on it.
    """

    code = "H451"


class FrozenBroken(MissingError):
    """A frozen suite is not there, or does not hold what was frozen.

    Its header states a digest of every sample. A file that was cut short, edited or mixed with another is not used:
    what is missing from it would be missing from every figure.
    """

    code = "H452"


class FrozenForOther(MissingError):
    """A suite was frozen for another suite, other arguments or another comparability version.

    The suite's authors raise that version when figures can no longer be compared. Freeze it anew with the inspect_evals
    that is installed, or install the one that its header names.
    """

    code = "H453"


class SuiteStopped(MissingError):
    """A suite's run stopped before its end.

    More than a tenth of its samples ended in an error, or Inspect itself failed: asking on would only have cost money,
    and the figure would have been invalid. What was answered is kept in the run's directory, and the same command asks
    only for the rest.
    """

    code = "H454"


class SealNotShut(MissingError):
    """A process that changes a subject's weights could not be sealed, so nothing was changed.

    A fine-tune runs in a process that can write nothing. Where open files cannot be closed, or the system knows no
    limit on the size of files, or a byte could still be written after all of it, there is no fine-tune. What else is
    missing on a system does not stop it, but stands in the record.
    """

    code = "H461"


class TuningFailed(MissingError):
    """A fine-tune in the sealed process did not come to its end.

    It ran out of memory, was killed, its loss was no longer a number, or the demonstrations cannot be written in the
    subject's chat template. The changed weights are gone with the process; the subject is as it was. Of several attacks
    the others are done first, and the same command goes on with what is missing.
    """

    code = "H462"


class TuningGarbled(MissingError):
    """The sealed process sent something else than what was asked of it.

    The parent accepts progress, and one reply for each question, no longer than the question allows. Anything else is
    refused, because the pipe is the one way out: the process is ended, and nothing that it said is used.
    """

    code = "H463"


class SubjectChanged(MissingError):
    """The subject's weights are not those that the plan was made for.

    They were read when the plan was made, and again by each process that changed a copy of them; the digests differ,
    so something wrote to the model's directory meanwhile. Runs that had ended are kept under the plan of the former
    weights.
    """

    code = "H464"


class JudgeLost(MissingError):
    """A reply of a changed model could not be judged: the judge is down, or gave no answer.

    A reply without a judgement would pass for one that does no harm, so nothing more is run. Runs that had ended are
    kept, and the same command goes on.
    """

    code = "H465"


class OwnFunctionFailed(MissingError):
    """A function of yours failed, or gave what it must not give.

    `--scorer FILE.py:NAME` is called with a request and a reply and gives `fulfilled`, `refused`, `other`, or None for
    words without sense; `--reward FILE.py:NAME` is called likewise and gives a number from 0 to 1. Runs that had ended
    are kept; a plan holds the digest of the file, and not of what the file imports or reads: a changed one begins a new
    run.
    """

    code = "H466"


class NoNoise(MissingError):
    """Noise was wanted on the weights, and there are none at hand, or no exam to be asked under it.

    `--weight-noise` puts noise on a copy of the subject's weights in a process that may write nothing, and asks a part
    of an exam there. So the weights must be at hand, such a process must be possible, and some claim must be about an
    exam.
    """

    code = "H467"


class StudyMissing(MissingError):
    """There is no experiment in that directory, or part of it is missing.

    `holdfast study plan` writes `preregistration.json`, `seed.json` and `log.jsonl`. All three are needed to draw
    people; without the seed a log can be read and its chain checked, and the draws cannot.
    """

    code = "H481"


class StudyBroken(MissingError):
    """The log of an experiment is not what it was when it was written.

    An entry was changed, removed or inserted, the pre-registration is another one, or somebody was drawn twice. Nobody
    is drawn any more: `holdfast study verify DIR` lists everything that does not hold.
    """

    code = "H482"


class StorageFailed(MissingError):
    """The disk refused a write: full, read-only, or not permitted.

    What had been written is kept. The same command resumes when there is room.
    """

    code = "H501"


class LedgerBroken(MissingError):
    """The ledger's hash chain does not hold: an entry was changed or inserted, or one was removed from its middle.

    Run counts can no longer be trusted, so no audit is begun. Move the file aside (its name is in the message) to
    start a new ledger, and keep the old one: it is evidence.
    """

    code = "H502"


class SuiteBroken(HoldfastError):
    """A suite does not match what it says of itself: the installation is damaged, or this is our bug.

    Of a published suite: the inspect_evals that is installed keeps it in another form than the one that is known here.
    """

    code = "H601"


def coded(root: type[HoldfastError] = HoldfastError) -> dict[str, type[HoldfastError]]:
    """Every error that has a code, by code."""
    found: dict[str, type[HoldfastError]] = {root.code: root} if root.code else {}
    for child in root.__subclasses__():
        found |= coded(child)
    return dict(sorted(found.items()))


OUR_BUG: Final = 70
INTERRUPTED: Final = 130
