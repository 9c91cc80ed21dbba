"""Compiles a .proto source with protoc and encodes a message with Python's own library.

    editions.py FILE.proto SET MESSAGE JSON

Writes a FileDescriptorSet to SET and prints the encoded message in hexadecimal.
"""

import os
import sys

import grpc_tools
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from grpc_tools import protoc

source, target, name, text = sys.argv[1:]
folder = os.path.dirname(source)
bundled = os.path.join(os.path.dirname(grpc_tools.__file__), "_proto")
if protoc.main(["protoc", "-I" + folder, "-I" + bundled, "--include_imports", "--descriptor_set_out=" + target, source]):
    sys.exit("protoc refuses " + source)
with open(target, "rb") as file:
    files = descriptor_pb2.FileDescriptorSet.FromString(file.read())
pool = descriptor_pool.DescriptorPool()
for described in files.file:
    pool.Add(described)
message = message_factory.GetMessageClass(pool.FindMessageTypeByName(name))()
print(json_format.Parse(text, message, descriptor_pool=pool).SerializeToString(deterministic=True).hex())
