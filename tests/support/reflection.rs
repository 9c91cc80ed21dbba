//! A server with a reflection of the test's making, which says nothing before it is told to.

use super::servers::Servers;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use prost::Message as _;
use prost_types::FileDescriptorProto;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::Semaphore;
use tonic::{Request, Response, Status, Streaming};
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_reflection::pb::v1::server_reflection_server::{ServerReflection, ServerReflectionServer};
use tonic_reflection::pb::v1::{
    FileDescriptorResponse, ListServiceResponse, ServerReflectionRequest, ServerReflectionResponse, ServiceResponse,
};

/// What is answered to one question: any number of messages.
pub(crate) type Answers = BoxStream<'static, MessageResponse>;

/// Says that the server was asked, and lets it answer.
pub(crate) struct Gate {
    asked: Receiver<()>,
    open: Arc<Semaphore>,
}

impl Gate {
    /// Waits until the first question is there.
    pub(crate) fn wait(&self) {
        self.asked.recv().expect("the server lives");
    }

    pub(crate) fn open(&self) {
        self.open.add_permits(1 << 20);
    }
}

struct Scripted<F> {
    answer: F,
    asked: Sender<()>,
    open: Arc<Semaphore>,
}

#[tonic::async_trait]
impl<F: Fn(MessageRequest) -> Answers + Clone + Send + Sync + 'static> ServerReflection for Scripted<F> {
    type ServerReflectionInfoStream = BoxStream<'static, Result<ServerReflectionResponse, Status>>;

    async fn server_reflection_info(
        &self,
        request: Request<Streaming<ServerReflectionRequest>>,
    ) -> Result<Response<Self::ServerReflectionInfoStream>, Status> {
        let (asked, open, answer) = (self.asked.clone(), Arc::clone(&self.open), self.answer.clone());
        let questions = request.into_inner().then(move |question| {
            // The test may be over.
            let _ = asked.send(());
            let open = Arc::clone(&open);
            async move {
                let permit = open.acquire().await;
                permit.expect("nobody closes it").forget();
                question
            }
        });
        let answers = questions.flat_map(move |question| {
            let question = question.ok().and_then(|question| question.message_request);
            let answers = question
                .map(&answer)
                .unwrap_or_else(|| futures::stream::empty().boxed());
            answers.map(|answer| {
                Ok(ServerReflectionResponse {
                    message_response: Some(answer),
                    ..ServerReflectionResponse::default()
                })
            })
        });
        Ok(Response::new(answers.boxed()))
    }
}

impl Servers {
    /// A server whose reflection gives `answer` once its gate is open; its port.
    pub(crate) fn reflecting(
        &self,
        answer: impl Fn(MessageRequest) -> Answers + Clone + Send + Sync + 'static,
    ) -> (Gate, u16) {
        let (asked, receiver) = channel();
        let open = Arc::new(Semaphore::new(0));
        let scripted = Scripted {
            answer,
            asked,
            open: Arc::clone(&open),
        };
        let port = self.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let port = listener.local_addr().expect("an address").port();
            let incoming = tonic::transport::server::TcpIncoming::from(listener).with_nodelay(Some(true));
            let server = tonic::transport::Server::builder().add_service(ServerReflectionServer::new(scripted));
            tokio::spawn(server.serve_with_incoming(incoming));
            port
        });
        (Gate { asked: receiver, open }, port)
    }
}

pub(crate) fn services(names: &[&str]) -> MessageResponse {
    let service = names.iter().map(|name| ServiceResponse {
        name: (*name).to_owned(),
    });
    MessageResponse::ListServicesResponse(ListServiceResponse {
        service: service.collect(),
    })
}

pub(crate) fn files(files: &[FileDescriptorProto]) -> MessageResponse {
    bytes(files.iter().map(FileDescriptorProto::encode_to_vec).collect())
}

pub(crate) fn bytes(file_descriptor_proto: Vec<Vec<u8>>) -> MessageResponse {
    MessageResponse::FileDescriptorResponse(FileDescriptorResponse { file_descriptor_proto })
}
