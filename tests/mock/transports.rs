//! Plaintext and TLS on one port, client certificates, health and both versions of reflection.

use super::shapes::{Note, PROTO, note};
use crate::support::client::{Tls, call, connect};
use crate::support::servers::Servers;
use tonic::Status;
use tonic::metadata::MetadataMap;
use tonic::transport::Channel;

const STUBS: &str = "- { service: Shapes, method: One, output: { data: { text: here } } }\n";

async fn one(channel: &Channel) -> Result<String, Status> {
    let reply = call::<Note, Note>(channel, "/s.Shapes/One", vec![note("a")], MetadataMap::new()).await?;
    reply.end?;
    Ok(reply.messages[0].text.clone())
}

#[test]
fn tls_and_plaintext_share_a_port() {
    let servers = Servers::new();
    let certificates = servers.certificates();
    let (_mock, port) = servers.of(PROTO, STUBS, Some(certificates.server(false)));
    servers.block_on(async {
        let plain = connect(port, None).await.expect("plaintext");
        let tls = connect(port, Some(certificates.tls(false))).await.expect("TLS");
        assert_eq!(one(&plain).await.expect("an answer"), "here");
        assert_eq!(one(&tls).await.expect("an answer"), "here");
        assert_eq!(one(&plain).await.expect("an answer"), "here");
    });
}

#[test]
fn a_client_certificate_is_required() {
    let servers = Servers::new();
    let certificates = servers.certificates();
    let foreign = Servers::new();
    let other = foreign.certificates();
    let (_mock, port) = servers.of(PROTO, STUBS, Some(certificates.server(true)));
    servers.block_on(async {
        let known = connect(port, Some(certificates.tls(true))).await.expect("TLS");
        assert_eq!(one(&known).await.expect("an answer"), "here");
        let stranger = Tls {
            ca: certificates.tls(false).ca,
            identity: other.tls(true).identity,
        };
        for tls in [certificates.tls(false), stranger] {
            // With TLS 1.3 the refusal comes behind the handshake.
            let refused = match connect(port, Some(tls)).await {
                Err(_) => true,
                Ok(channel) => one(&channel).await.is_err(),
            };
            assert!(refused);
        }
        // Plaintext clients have no certificate to present.
        let plain = connect(port, None).await.expect("plaintext");
        assert_eq!(one(&plain).await.expect("an answer"), "here");
    });
}

#[test]
fn health_and_reflection() {
    let servers = Servers::new();
    let (_mock, port) = servers.of(PROTO, STUBS, None);
    servers.block_on(async {
        let channel = connect(port, None).await.expect("a connection");
        let mut health = tonic_health::pb::health_client::HealthClient::new(channel.clone());
        for service in ["", "s.Shapes"] {
            let request = tonic_health::pb::HealthCheckRequest {
                service: service.to_owned(),
            };
            let answer = health.check(request).await.expect("an answer").into_inner();
            assert_eq!(
                answer.status(),
                tonic_health::pb::health_check_response::ServingStatus::Serving
            );
        }
        macro_rules! services {
            ($version:ident) => {{
                use tonic_reflection::pb::$version::server_reflection_client::ServerReflectionClient;
                use tonic_reflection::pb::$version::server_reflection_request::MessageRequest;
                use tonic_reflection::pb::$version::server_reflection_response::MessageResponse;
                let request = tonic_reflection::pb::$version::ServerReflectionRequest {
                    host: String::new(),
                    message_request: Some(MessageRequest::ListServices(String::new())),
                };
                let mut client = ServerReflectionClient::new(channel.clone());
                let stream = client.server_reflection_info(tokio_stream::once(request)).await;
                let answer = stream.expect("a stream").into_inner().message().await;
                match answer
                    .expect("an answer")
                    .and_then(|answer| answer.message_response)
                {
                    Some(MessageResponse::ListServicesResponse(list)) => list
                        .service
                        .into_iter()
                        .map(|service| service.name)
                        .collect::<Vec<_>>(),
                    other => panic!("{other:?}"),
                }
            }};
        }
        assert!(services!(v1).contains(&"s.Shapes".to_owned()));
        assert!(services!(v1alpha).contains(&"s.Shapes".to_owned()));
    });
}
