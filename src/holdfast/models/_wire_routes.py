"""The routes of the OpenAI wire, over HTTP."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from holdfast.models._request import Completion, Request
from holdfast.models._wire_answers import Spoken, chat_logprobs, error_body, plain_logprobs, usage
from holdfast.models._wire_requests import ChatAsked, CompletionAsked
from holdfast.models._wire_served import Served, WireError

LARGEST_BODY: Final = 2**20
Asked = TypeVar("Asked", bound=BaseModel)
_FINISH: Final = {"end": "stop", "length": "length"}


def wire_app(served: Served, hosts: list[str]) -> Starlette:
    """The application.

    Args:
        served: The model.
        hosts: Names under which it may be asked; `*` for any. A page in a browser that has a name of its own pointed
            here is refused by the name.
    """
    routes = _Routes(served)
    return Starlette(
        routes=[
            Route("/health", routes.health),
            Route("/v1/models", routes.models),
            Route("/v1/chat/completions", _told(routes.chat), methods=["POST"]),
            Route("/v1/completions", _told(routes.plain), methods=["POST"]),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False)],
        exception_handlers={HTTPException: _not_here, Exception: _broken},
    )


class _Routes:
    """One model's routes."""

    def __init__(self, served: Served) -> None:
        self._served = served

    async def health(self, _: HttpRequest) -> Response:
        return JSONResponse({"status": "ok"})

    async def models(self, _: HttpRequest) -> Response:
        own = {"id": self._served.name, "object": "model", "created": 0, "owned_by": "holdfast"}
        return JSONResponse({"object": "list", "data": [own | {"revision": self._served.digest}]})

    async def chat(self, http: HttpRequest) -> Response:
        asked = await _read(http, ChatAsked)
        self._served.check_name(asked.model)
        request = self._served.chat_request(asked)
        if asked.stream:
            return _events(self._chat_stream(asked, request))
        made, said = await self._served.complete(request, asked.stops)
        choice = {
            "index": 0,
            "message": {"role": "assistant", "content": said.text, "refusal": None},
            "logprobs": chat_logprobs(self._served.chat, said.tokens, said.nats) if asked.logprobs else None,
            "finish_reason": _finish(said, made),
        }
        return JSONResponse(self._body("chat.completion", [choice], _usage(request, said, made)))

    async def plain(self, http: HttpRequest) -> Response:
        asked = await _read(http, CompletionAsked)
        self._served.check_name(asked.model)
        request = self._served.plain_request(asked)
        if asked.stream:
            if asked.echo:
                raise WireError(400, "a stream does not repeat its prompt", param="echo")
            return _events(self._plain_stream(asked, request))
        made, said = await self._served.complete(request, asked.stops)
        tokens, nats, text = said.tokens, [*said.nats], said.text
        shown: list[float | None] = [*nats]
        if asked.echo:
            tokens, text = request.prompt + tokens, self._served.chat.text((), request.prompt) + text
            if asked.logprobs is not None:
                shown = [*await run_in_threadpool(self._served.prompt_nats, request.prompt), *nats]
        choice = {
            "index": 0,
            "text": text,
            "logprobs": None if asked.logprobs is None else plain_logprobs(self._served.chat, tokens, shown, 0),
            "finish_reason": _finish(said, made),
        }
        return JSONResponse(self._body("text_completion", [choice], _usage(request, said, made)))

    async def _chat_stream(self, asked: ChatAsked, request: Request) -> AsyncIterator[dict[str, Any]]:
        def event(delta: dict[str, Any], said: Spoken | None, shown: int, finish: str | None) -> dict[str, Any]:
            news = (said.tokens[shown:], said.nats[shown:]) if said else ((), ())
            weighed = chat_logprobs(self._served.chat, *news) if asked.logprobs and said else None
            choice = {"index": 0, "delta": delta, "logprobs": weighed, "finish_reason": finish}
            return self._body("chat.completion.chunk", [choice], None)

        yield event({"role": "assistant", "content": ""}, None, 0, None)
        async for text, said, shown, made in self._pieces(request, asked.stops):
            yield event({"content": text} if text else {}, said, shown, made and _finish(said, made))
            if made and asked.tells_usage:
                yield self._body("chat.completion.chunk", [], _usage(request, said, made))

    async def _plain_stream(self, asked: CompletionAsked, request: Request) -> AsyncIterator[dict[str, Any]]:
        if not request.max_new_tokens:
            raise WireError(400, "a stream needs at least one token", param="max_tokens")
        before = 0
        async for text, said, shown, made in self._pieces(request, asked.stops):
            news = plain_logprobs(self._served.chat, said.tokens[shown:], said.nats[shown:], before)
            choice = {
                "index": 0,
                "text": text,
                "logprobs": None if asked.logprobs is None else news,
                "finish_reason": made and _finish(said, made),
            }
            before += len(text)
            yield self._body("text_completion", [choice], None)
            if made and asked.tells_usage:
                yield self._body("text_completion", [], _usage(request, said, made))

    async def _pieces(
        self, request: Request, stops: tuple[str, ...]
    ) -> AsyncIterator[tuple[str, Spoken, int, Completion | None]]:
        """New text, all that was said, how many of its tokens were shown before, and at the end the completion."""
        sent, shown = 0, 0
        async for said, made in self._served.stream(request, stops):
            sure = said.text if made else said.sure(stops)
            yield sure[sent:], said, shown, made
            sent, shown = max(sent, len(sure)), len(said.tokens)

    def _body(self, kind: str, choices: list[dict[str, Any]], counted: dict[str, Any] | None) -> dict[str, Any]:
        served = self._served
        # Nothing that varies from one answer to the next: the same request with the same seed has the same bytes.
        return {
            "id": f"{served.name}-0",
            "object": kind,
            "created": 0,
            "model": served.name,
            "system_fingerprint": served.fingerprint,
            "choices": choices,
            "usage": counted,
        }


def _finish(said: Spoken, made: Completion) -> str:
    return "stop" if said.stopped else _FINISH[made.stop]


def _usage(request: Request, said: Spoken, made: Completion) -> dict[str, Any]:
    return usage(len(request.prompt), len(said.tokens), made.cached_tokens)


def _events(bodies: AsyncIterator[dict[str, Any]]) -> Response:
    async def lines() -> AsyncIterator[str]:
        try:
            async for body in bodies:
                yield f"data: {json.dumps(body, ensure_ascii=False)}\n\n"
        except WireError as failure:
            # The status has gone out already; the client sees an error where the next event was due, and no end mark.
            yield f"data: {json.dumps(_error(failure))}\n\n"
            return
        yield "data: [DONE]\n\n"

    return StreamingResponse(lines(), media_type="text/event-stream")


async def _read(http: HttpRequest, shape: type[Asked]) -> Asked:
    if http.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise WireError(415, "a request is JSON, with the content type application/json")
    body = bytearray()
    async for part in http.stream():
        body += part
        if len(body) > LARGEST_BODY:
            raise WireError(413, f"a request has at most {LARGEST_BODY} bytes")
    try:
        return shape.model_validate_json(bytes(body))
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_input=False)[0]
        param = ".".join(map(str, first["loc"])) or None
        raise WireError(400, f"{param or 'the body'}: {first['msg']}", param=param) from problem


def _told(route: Callable[[HttpRequest], Awaitable[Response]]) -> Callable[[HttpRequest], Awaitable[Response]]:
    """A route whose refusals are answered in OpenAI's form."""

    async def answered(http: HttpRequest) -> Response:
        try:
            return await route(http)
        except WireError as failure:
            return JSONResponse(_error(failure), status_code=failure.status)

    return answered


def _error(failure: WireError) -> dict[str, Any]:
    kind = "invalid_request_error" if failure.status < 500 else "server_error"
    return error_body(failure.message, kind=kind, code=failure.code, param=failure.param)


async def _broken(_: HttpRequest, problem: Exception) -> Response:
    body = error_body(f"the engine failed: {type(problem).__name__}", kind="server_error")
    return JSONResponse(body, status_code=500)


async def _not_here(_: HttpRequest, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)
    body = error_body(problem.detail, kind="invalid_request_error")
    return JSONResponse(body, status_code=problem.status_code, headers=problem.headers)
