//! A gRPC client that shares no code with ours: messages by derive, no descriptors.

use bytes::{Buf as _, BufMut as _};
use prost::Message;
use std::marker::PhantomData;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::metadata::MetadataMap;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Identity};
use tonic::{Request, Status};

/// What came of a call: headers, messages, and the trailers or the status.
pub(crate) struct Reply<T> {
    pub(crate) headers: MetadataMap,
    pub(crate) messages: Vec<T>,
    pub(crate) end: Result<MetadataMap, Status>,
}

/// TLS settings, all PEM texts.
pub(crate) struct Tls {
    pub(crate) ca: String,
    pub(crate) identity: Option<(String, String)>,
}

/// A connection to `localhost:port`.
pub(crate) async fn connect(port: u16, tls: Option<Tls>) -> Result<Channel, tonic::transport::Error> {
    let scheme = match tls {
        Some(_) => "https",
        None => "http",
    };
    let endpoint = Channel::from_shared(format!("{scheme}://localhost:{port}")).expect("a URI");
    let endpoint = match tls {
        None => endpoint,
        Some(tls) => {
            let config = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(tls.ca));
            let config = match tls.identity {
                Some((certificate, key)) => config.identity(Identity::from_pem(certificate, key)),
                None => config,
            };
            endpoint.tls_config(config)?
        }
    };
    endpoint.connect().await
}

/// A call of any shape: all `requests`, then everything that comes back.
pub(crate) async fn call<I, O>(
    channel: &Channel,
    path: &str,
    requests: Vec<I>,
    metadata: MetadataMap,
) -> Result<Reply<O>, Status>
where
    I: Message + Default + 'static,
    O: Message + Default + 'static,
{
    let mut client = tonic::client::Grpc::new(channel.clone());
    client.ready().await.map_err(|error| Status::from_error(error.into()))?;
    let mut request = Request::new(tokio_stream::iter(requests));
    *request.metadata_mut() = metadata;
    let path = path.parse().expect("a path");
    let response = client.streaming(request, path, Plain::<I, O>(PhantomData)).await?;
    let (headers, mut body, _) = response.into_parts();
    let mut messages = Vec::new();
    let end = loop {
        match body.message().await {
            Ok(Some(message)) => messages.push(message),
            Ok(None) => break Ok(body.trailers().await?.unwrap_or_default()),
            Err(status) => break Err(status),
        }
    };
    Ok(Reply { headers, messages, end })
}

struct Plain<I, O>(PhantomData<(I, O)>);

impl<I: Message + Default + 'static, O: Message + Default + 'static> Codec for Plain<I, O> {
    type Encode = I;
    type Decode = O;
    type Encoder = Write<I>;
    type Decoder = Read<O>;

    fn encoder(&mut self) -> Write<I> {
        Write(PhantomData)
    }

    fn decoder(&mut self) -> Read<O> {
        Read(PhantomData)
    }
}

struct Write<I>(PhantomData<I>);

impl<I: Message> Encoder for Write<I> {
    type Item = I;
    type Error = Status;

    fn encode(&mut self, message: I, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put_slice(&message.encode_to_vec());
        Ok(())
    }
}

struct Read<O>(PhantomData<O>);

impl<O: Message + Default> Decoder for Read<O> {
    type Item = O;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<O>, Status> {
        let bytes = buffer.copy_to_bytes(buffer.remaining());
        let message = O::decode(bytes).map_err(|error| Status::internal(error.to_string()))?;
        Ok(Some(message))
    }
}
