"""A gRPC server of its own kind for the tests: grpcio, descriptors built by hand, reflection v1alpha only.

    server.py [--cert FILE --key FILE [--client-ca FILE]]
    server.py --everywhere --cert FILE --key FILE --client-ca FILE

Prints `READY <port>` and serves `peer.Peer` until it is ended. `Say` answers with what it was told; the text
`fail` ends the call with NOT_FOUND and a google.rpc.ErrorInfo, `odd` with a detail of a type that nobody knows,
`sleep` waits until the client gives up. Metadata whose name starts with `x-` comes back as headers, and in trailers
under the same name with `t-` in front.

`Down` answers with one note per word of the text, `Up` with one note of all the words that it was told, `Both`
with one note per word as it hears them. The words `fail`, `odd` and `sleep` do there what they do in `Say`; `die`
ends the whole server, or with `--dying N` only when the Nth call says so.

With `--everywhere` there are five ports: plaintext, TLS, mutual TLS, plaintext with reflection v1 only, and TLS
where every call needs `authorization: Bearer peer`, those of reflection too.
"""

import argparse
import os
import threading
from concurrent import futures

import grpc
from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, message_factory, timestamp_pb2
from grpc_reflection.v1alpha import reflection, reflection_pb2

FIELD = descriptor_pb2.FieldDescriptorProto


def describe():
    """The file peer.proto, added to the default pool, where reflection finds it."""
    file = descriptor_pb2.FileDescriptorProto(
        name="peer.proto",
        package="peer",
        syntax="proto3",
        dependency=["google/protobuf/timestamp.proto", "google/protobuf/any.proto"],
    )
    note = file.message_type.add(name="Note")
    fields = [
        ("text", FIELD.TYPE_STRING, FIELD.LABEL_OPTIONAL, None),
        ("big_number", FIELD.TYPE_INT64, FIELD.LABEL_OPTIONAL, None),
        ("ratio", FIELD.TYPE_FLOAT, FIELD.LABEL_OPTIONAL, None),
        ("data", FIELD.TYPE_BYTES, FIELD.LABEL_OPTIONAL, None),
        ("sent_at", FIELD.TYPE_MESSAGE, FIELD.LABEL_OPTIONAL, ".google.protobuf.Timestamp"),
        ("kind", FIELD.TYPE_ENUM, FIELD.LABEL_OPTIONAL, ".peer.Kind"),
        ("tags", FIELD.TYPE_STRING, FIELD.LABEL_REPEATED, None),
        ("extra", FIELD.TYPE_MESSAGE, FIELD.LABEL_OPTIONAL, ".google.protobuf.Any"),
    ]
    for number, (name, kind, label, type_name) in enumerate(fields, start=1):
        note.field.add(name=name, number=number, type=kind, label=label, type_name=type_name)
    kinds = file.enum_type.add(name="Kind")
    kinds.value.add(name="PLAIN", number=0)
    kinds.value.add(name="LOUD", number=1)
    info = file.message_type.add(name="Unlisted")
    info.field.add(name="word", number=1, type=FIELD.TYPE_STRING, label=FIELD.LABEL_OPTIONAL)
    service = file.service.add(name="Peer")
    for name, up, down in [("Say", False, False), ("Down", False, True), ("Up", True, False), ("Both", True, True)]:
        service.method.add(
            name=name,
            input_type=".peer.Note",
            output_type=".peer.Note",
            client_streaming=up,
            server_streaming=down,
        )
    pool = descriptor_pool.Default()
    pool.AddSerializedFile(file.SerializeToString())

    rpc = descriptor_pb2.FileDescriptorProto(
        name="google/rpc/hand_made.proto",
        package="google.rpc",
        syntax="proto3",
        dependency=["google/protobuf/any.proto"],
    )
    status = rpc.message_type.add(name="Status")
    status.field.add(name="code", number=1, type=FIELD.TYPE_INT32, label=FIELD.LABEL_OPTIONAL)
    status.field.add(name="message", number=2, type=FIELD.TYPE_STRING, label=FIELD.LABEL_OPTIONAL)
    status.field.add(
        name="details",
        number=3,
        type=FIELD.TYPE_MESSAGE,
        label=FIELD.LABEL_REPEATED,
        type_name=".google.protobuf.Any",
    )
    error_info = rpc.message_type.add(name="ErrorInfo")
    error_info.field.add(name="reason", number=1, type=FIELD.TYPE_STRING, label=FIELD.LABEL_OPTIONAL)
    error_info.field.add(name="domain", number=2, type=FIELD.TYPE_STRING, label=FIELD.LABEL_OPTIONAL)
    other = descriptor_pool.DescriptorPool()
    for needed in (any_pb2.DESCRIPTOR, rpc):
        other.AddSerializedFile(
            needed.serialized_pb if hasattr(needed, "serialized_pb") else needed.SerializeToString()
        )

    def message(pool, name):
        return message_factory.GetMessageClass(pool.FindMessageTypeByName(name))

    return {
        "Note": message(pool, "peer.Note"),
        "Status": message(other, "google.rpc.Status"),
        "ErrorInfo": message(other, "google.rpc.ErrorInfo"),
    }


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("--client-ca")
    parser.add_argument("--everywhere", action="store_true")
    parser.add_argument("--dying", type=int, default=1)
    return parser.parse_args()


TYPES = describe()
ARGUMENTS = arguments()
# Where calls that said `die` wait for the others.
DYING = threading.Barrier(ARGUMENTS.dying)


def greet(context):
    """Sends the headers back and makes the trailers."""
    echoed = [(name, value) for name, value in context.invocation_metadata() if name.startswith("x-")]
    context.send_initial_metadata(echoed)
    trailers = [("t-" + name, value) for name, value in echoed]
    context.set_trailing_metadata(trailers)
    return trailers


def obey(word, context, trailers):
    """Does what a word says, if it says something."""
    if word in ("fail", "odd"):
        info = TYPES["ErrorInfo"](reason="GONE", domain="peer")
        status = TYPES["Status"](code=grpc.StatusCode.NOT_FOUND.value[0], message="no such note")
        detail = status.details.add()
        detail.type_url = "type.googleapis.com/" + ("google.rpc.ErrorInfo" if word == "fail" else "peer.Odd")
        detail.value = info.SerializeToString() if word == "fail" else b"\x00\xff\x10"
        trailers.append(("grpc-status-details-bin", status.SerializeToString()))
        context.set_trailing_metadata(trailers)
        context.abort(grpc.StatusCode.NOT_FOUND, "no such note")
    if word == "sleep":
        over = threading.Event()
        context.add_callback(over.set)
        over.wait()
    if word == "die":
        # The last of them finds that all others are in the middle of their calls, too.
        DYING.wait()
        os._exit(1)


def say(request, context):
    trailers = greet(context)
    obey(request.text, context, trailers)
    answer = TYPES["Note"]()
    answer.CopyFrom(request)
    answer.sent_at.CopyFrom(timestamp_pb2.Timestamp(seconds=1700000000, nanos=5000000))
    return answer


def both(requests, context):
    trailers = greet(context)
    for request in requests:
        for word in request.text.split():
            obey(word, context, trailers)
            yield TYPES["Note"](text=word)


def down(request, context):
    return both([request], context)


def up(requests, context):
    return TYPES["Note"](text=" ".join(note.text for note in both(requests, context)))


def read(path):
    with open(path, "rb") as file:
        return file.read()


class Guard(grpc.ServerInterceptor):
    """Refuses every call without the token."""

    def intercept_service(self, continuation, details):
        handler = continuation(details)
        if handler is None or ("authorization", "Bearer peer") in details.invocation_metadata:
            return handler
        streams = handler.request_streaming
        make = grpc.stream_stream_rpc_method_handler if streams else grpc.unary_unary_rpc_method_handler
        return make(lambda _, context: context.abort(grpc.StatusCode.UNAUTHENTICATED, "who are you?"))


def reflect_v1(server):
    """Reflection v1: the package has v1alpha only, and both have the same bytes on the wire."""
    servicer = reflection.ReflectionServicer(["peer.Peer"])
    info = grpc.stream_stream_rpc_method_handler(
        servicer.ServerReflectionInfo,
        request_deserializer=reflection_pb2.ServerReflectionRequest.FromString,
        response_serializer=lambda response: response.SerializeToString(),
    )
    handlers = {"ServerReflectionInfo": info}
    name = "grpc.reflection.v1.ServerReflection"
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(name, handlers),))


def reflect_v1alpha(server):
    reflection.enable_server_reflection(["peer.Peer", reflection.SERVICE_NAME], server)


def serve(reflect, credentials, interceptors=()):
    """Serves `peer.Peer` on a port for each of the credentials; None is plaintext."""
    server = grpc.server(
        futures.ThreadPoolExecutor(64), interceptors=interceptors, options=[("grpc.so_reuseport", 0)]
    )
    makers = {
        "Say": (grpc.unary_unary_rpc_method_handler, say),
        "Down": (grpc.unary_stream_rpc_method_handler, down),
        "Up": (grpc.stream_unary_rpc_method_handler, up),
        "Both": (grpc.stream_stream_rpc_method_handler, both),
    }
    handlers = {
        name: make(
            behaviour,
            request_deserializer=TYPES["Note"].FromString,
            response_serializer=lambda note: note.SerializeToString(),
        )
        for name, (make, behaviour) in makers.items()
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("peer.Peer", handlers),))
    reflect(server)
    ports = [
        server.add_secure_port("localhost:0", secret) if secret else server.add_insecure_port("localhost:0")
        for secret in credentials
    ]
    server.start()
    return server, ports


def main():
    def secret(client_ca):
        pair = (read(ARGUMENTS.key), read(ARGUMENTS.cert))
        return grpc.ssl_server_credentials([pair], client_ca, client_ca is not None)

    client_ca = read(ARGUMENTS.client_ca) if ARGUMENTS.client_ca else None
    if ARGUMENTS.everywhere:
        servers = [
            serve(reflect_v1alpha, [None, secret(None), secret(client_ca)]),
            serve(reflect_v1, [None]),
            serve(reflect_v1alpha, [secret(None)], [Guard()]),
        ]
    else:
        servers = [serve(reflect_v1alpha, [secret(client_ca) if ARGUMENTS.cert else None])]
    print("READY", *(port for _, ports in servers for port in ports), flush=True)
    servers[0][0].wait_for_termination()


main()
