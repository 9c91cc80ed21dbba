// A gRPC server of its own kind for the tests: Node's grpc-js with @grpc/reflection, whose descriptors lack their
// dependencies, their JSON names and the leading dots of type names.
//
//     node server.cjs FOLDER FILE.proto SERVICE [SERVICE …]
//
// Prints `READY <port>` and serves every unary method of the services by sending back what it was told.

const grpc = require("@grpc/grpc-js");
const loader = require("@grpc/proto-loader");
const { ReflectionService } = require("@grpc/reflection");

const [folder, file, ...names] = process.argv.slice(2);
const definitions = loader.loadSync(file, { includeDirs: [folder], keepCase: true, longs: String, enums: String });
const server = new grpc.Server();
for (const name of names) {
  const methods = Object.keys(definitions[name]);
  const echo = (call, answer) => answer(null, call.request);
  server.addService(definitions[name], Object.fromEntries(methods.map((method) => [method, echo])));
}
new ReflectionService(definitions).addToServer(server);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log("READY " + port);
});
