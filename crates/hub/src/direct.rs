//! A stream on a connection of its own, without the HTTP library's buffers.
//!
//! A general HTTP/1 connection keeps two buffers of 8 KiB for the requests that may still come. A stream that waits for an event needs
//! neither, and a hub has as many streams as devices. So a plain connection whose first request is for the stream is taken here: its request is read,
//! goes through the same router as every other, and its answer is written block by block. Streams behind TLS, or on a connection that
//! was used before, take the general way; their bytes are the same.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, BodyDataStream};
use axum::extract::ConnectInfo;
use axum::http::{HeaderName, HeaderValue, Method, Request, Response, Uri, Version};
use bytes::{Buf, Bytes};
use futures_util::StreamExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use crate::socket::Deadlined;

/// How the first line of such a request begins; a blank or a question mark follows.
const ASKED: &[u8] = b"GET /api/reservas/events";
/// Bytes of a request's head: line and headers.
const HEAD: usize = 16 * 1024;
/// Headers that are read; more are an error.
const HEADERS: usize = 64;
/// How long a client may take to send its head.
const PATIENCE: Duration = Duration::from_secs(15);

/// Where such connections go.
#[derive(Debug, Clone)]
pub(crate) struct Direct {
    router: Router,
    streams: TaskTracker,
}

impl Direct {
    pub(crate) fn new(router: Router) -> Self {
        Self {
            router,
            streams: TaskTracker::new(),
        }
    }

    /// Whether a new connection asks for the stream. Nothing is taken from it. One whose first bytes do not come is an error.
    pub(crate) async fn is_asked(stream: &TcpStream) -> io::Result<bool> {
        let mut first = [0; ASKED.len() + 1];
        let got = tokio::time::timeout(PATIENCE, stream.peek(&mut first)).await??;
        Ok(got == first.len() && first.starts_with(ASKED) && matches!(first[ASKED.len()], b' ' | b'?'))
    }

    /// Takes a connection over.
    pub(crate) fn take(&self, stream: TcpStream) {
        let router = self.router.clone();
        self.streams.spawn(async move {
            if let Err(error) = serve(Deadlined::new(stream), router).await {
                tracing::debug!(%error, "a stream's connection broke");
            }
        });
    }

    /// Resolves when every stream has ended.
    pub(crate) async fn ended(&self) {
        self.streams.close();
        self.streams.wait().await;
    }
}

async fn serve(mut socket: Deadlined, router: Router) -> io::Result<()> {
    // On the heap while it lasts: the connection's task is as large as the largest thing that it waits for.
    let (head, mut blocks, chunked) = Box::pin(answer(&mut socket, router)).await?;
    socket.write_all(&head).await?;
    drop(head);
    let mut from_client = [0; 64];
    loop {
        tokio::select! {
            block = blocks.next() => match block {
                Some(Ok(block)) => write(&mut socket, block, chunked).await?,
                Some(Err(_)) | None => break,
            },
            // A client says nothing after its request; the end of its side is its end.
            read = socket.read(&mut from_client) => if read? == 0 {
                return Ok(());
            },
        }
    }
    if chunked {
        socket.write_all(b"0\r\n\r\n").await?;
    }
    socket.shutdown().await
}

async fn write(socket: &mut Deadlined, block: Bytes, chunked: bool) -> io::Result<()> {
    if block.is_empty() {
        // An empty chunk would end the answer.
        return Ok(());
    }
    if !chunked {
        return socket.write_all(&block).await;
    }
    let length = format!("{:x}\r\n", block.len());
    let mut parts = Buf::chain(length.as_bytes(), Buf::chain(block, &b"\r\n"[..]));
    socket.write_all_buf(&mut parts).await
}

/// Reads the request, asks the router, and gives the answer's head and body.
async fn answer(socket: &mut Deadlined, router: Router) -> io::Result<(Vec<u8>, BodyDataStream, bool)> {
    let peer = socket.peer()?;
    let request = tokio::time::timeout(PATIENCE, read_request(socket, peer)).await??;
    let chunked = request.version() == Version::HTTP_11;
    let response = match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    let head = head_of(&response, chunked);
    Ok((head, response.into_body().into_data_stream(), chunked))
}

async fn read_request(socket: &mut Deadlined, peer: SocketAddr) -> io::Result<Request<Body>> {
    let mut buffer = Vec::with_capacity(1_024);
    let mut part = [0; 1_024];
    loop {
        let read = socket.read(&mut part).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        buffer.extend_from_slice(&part[..read]);
        if let Some(request) = parse(&buffer, peer)? {
            return Ok(request);
        }
        if buffer.len() > HEAD {
            return refuse(socket, "431 Request Header Fields Too Large").await;
        }
    }
}

async fn refuse<T>(socket: &mut Deadlined, status: &str) -> io::Result<T> {
    let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    socket.write_all(answer.as_bytes()).await?;
    Err(io::Error::new(io::ErrorKind::InvalidData, status.to_owned()))
}

/// The request, once its head is whole.
fn parse(buffer: &[u8], peer: SocketAddr) -> io::Result<Option<Request<Body>>> {
    let invalid = |what: &dyn std::fmt::Display| io::Error::new(io::ErrorKind::InvalidData, what.to_string());
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut head = httparse::Request::new(&mut headers);
    if head.parse(buffer).map_err(|error| invalid(&error))?.is_partial() {
        return Ok(None);
    }
    let uri: Uri = head
        .path
        .unwrap_or_default()
        .parse()
        .map_err(|error| invalid(&error))?;
    let mut request = Request::new(Body::empty());
    *request.method_mut() = Method::GET;
    *request.uri_mut() = uri;
    *request.version_mut() = if head.version == Some(1) {
        Version::HTTP_11
    } else {
        Version::HTTP_10
    };
    for header in head.headers {
        let name = HeaderName::from_bytes(header.name.as_bytes()).map_err(|error| invalid(&error))?;
        let value = HeaderValue::from_bytes(header.value).map_err(|error| invalid(&error))?;
        request.headers_mut().append(name, value);
    }
    request.extensions_mut().insert(ConnectInfo(peer));
    Ok(Some(request))
}

fn head_of(response: &Response<Body>, chunked: bool) -> Vec<u8> {
    let status = response.status();
    let mut head = format!(
        "HTTP/1.1 {} {}\r\n",
        status.as_u16(),
        status.canonical_reason().unwrap_or_default()
    )
    .into_bytes();
    for (name, value) in response.headers() {
        // How the body is delimited is decided here.
        if name == "content-length" || name == "transfer-encoding" || name == "connection" {
            continue;
        }
        head.extend_from_slice(name.as_str().as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    let now = jiff::Timestamp::now().strftime("%a, %d %b %Y %H:%M:%S GMT");
    head.extend_from_slice(format!("date: {now}\r\nconnection: close\r\n").as_bytes());
    if chunked {
        head.extend_from_slice(b"transfer-encoding: chunked\r\n");
    }
    head.extend_from_slice(b"\r\n");
    head
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn peer() -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], 9))
    }

    #[test]
    fn a_head_is_read_once_it_is_whole() {
        let whole =
            b"GET /api/reservas/events?since=a:1 HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer x\r\n\r\n";
        for cut in 0..whole.len() {
            assert!(parse(&whole[..cut], peer()).unwrap().is_none(), "{cut}");
        }
        let request = parse(whole, peer()).unwrap().unwrap();
        assert_eq!(request.uri().query(), Some("since=a:1"));
        assert_eq!(request.headers()["authorization"], "Bearer x");
    }

    proptest! {
        #[test]
        fn whatever_comes_is_an_error_at_most(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let mut head = b"GET /api/reservas/events ".to_vec();
            head.extend_from_slice(&bytes);
            let _ = parse(&head, peer());
        }
    }
}
