//! Accepted connections: dead peers are noticed, and a reader that takes nothing is let go.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum_server::accept::Accept;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep};

use crate::direct::Direct;

/// A connection that is silent for so long is asked whether it lives.
const KEEPALIVE: Duration = Duration::from_secs(15);
/// Bytes that are not acknowledged for so long end the connection.
#[cfg(target_os = "linux")]
const USER_TIMEOUT: Duration = Duration::from_secs(20);
/// A peer that takes no byte for so long is let go.
const WRITE_DEADLINE: Duration = Duration::from_secs(15);

/// Prepares each accepted connection, and sends those that ask for the stream their own way.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    /// `None` under TLS, where the first bytes are not a request.
    pub(crate) direct: Option<Direct>,
}

impl<S: Send + 'static> Accept<TcpStream, S> for Prepared {
    type Stream = Deadlined;
    type Service = S;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Deadlined, S)>> + Send>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let direct = self.direct.clone();
        Box::pin(async move {
            prepare(&stream)?;
            if let Some(direct) = direct
                && Direct::is_asked(&stream).await?
            {
                direct.take(stream);
                // Nothing is left to do for whoever accepts.
                return Err(io::ErrorKind::ConnectionAborted.into());
            }
            Ok((Deadlined::new(stream), service))
        })
    }
}

fn prepare(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    socket.set_tcp_keepalive(
        &TcpKeepalive::new()
            .with_time(KEEPALIVE)
            .with_interval(Duration::from_secs(5))
            .with_retries(3),
    )?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(USER_TIMEOUT))?;
    Ok(())
}

/// A connection whose writes may wait only so long.
#[derive(Debug)]
pub(crate) struct Deadlined {
    stream: TcpStream,
    waiting: Option<Pin<Box<Sleep>>>,
}

impl Deadlined {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            waiting: None,
        }
    }

    /// Who is at the other end.
    pub(crate) fn peer(&self) -> io::Result<SocketAddr> {
        self.stream.peer_addr()
    }

    fn judge<T>(&mut self, context: &mut Context<'_>, result: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if result.is_ready() {
            self.waiting = None;
            return result;
        }
        let waiting = self
            .waiting
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(Instant::now() + WRITE_DEADLINE)));
        match waiting.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncRead for Deadlined {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Deadlined {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.judge(context, result)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.judge(context, result)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.stream).poll_flush(context);
        self.judge(context, result)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
