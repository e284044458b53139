//! A server from its start to its end.

use crate::app::App;
use crate::control::{Control, Order};
use crate::log::{self, Sink};
use crate::model::Loader;
use crate::stage::Stage;
use crate::{ServeConfig, ServeError, connection, drain, reload, routes, signals};
use serde_json::json;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// Connections that the system holds until they are accepted.
const BACKLOG: u32 = 4096;
/// Threads that read and write; computing is done by others.
const THREADS: usize = 2;
/// Threads that parse large bodies, beside one for each sound that has its turn: bodies do not wait for sounds, and
/// parsing takes few cores.
const PARSERS: usize = 4;
/// Pause after connections cannot be accepted, as when there are too many open files.
const PAUSE: Duration = Duration::from_millis(50);

/// A server that listens, and answers once it runs.
pub struct Server {
    app: Arc<App>,
    runtime: Runtime,
    listener: TcpListener,
    address: SocketAddr,
    control: Control,
    orders: UnboundedReceiver<Order>,
}

impl Server {
    /// Listens at the address of `config`. `load` reads the models when the server runs. The log goes to
    /// the standard error stream.
    ///
    /// # Errors
    ///
    /// [`ServeError`] if a setting is out of its range, a file of keys cannot be used, or the address is
    /// taken.
    pub fn bind(config: ServeConfig, load: Loader) -> Result<Self, ServeError> {
        Self::bind_with_log(config, load, log::standard_error())
    }

    /// The same with another place for the log.
    ///
    /// # Errors
    ///
    /// As [`Self::bind`].
    pub fn bind_with_log(
        config: ServeConfig,
        load: Loader,
        sink: Sink,
    ) -> Result<Self, ServeError> {
        let address = config.address();
        let app = App::new(config, load, sink)?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(THREADS)
            .max_blocking_threads(PARSERS + app.sounds.count())
            .thread_name("http")
            .enable_all()
            .build();
        let runtime = runtime.map_err(|source| ServeError::System {
            what: "threads for connections",
            source,
        })?;
        let cannot_listen = |source| ServeError::Listen {
            address: address.to_string(),
            source,
        };
        let guard = runtime.enter();
        let listener = listen(address).map_err(cannot_listen)?;
        let address = listener.local_addr().map_err(cannot_listen)?;
        drop(guard);
        let (sender, orders) = unbounded_channel();
        Ok(Self {
            app,
            runtime,
            listener,
            address,
            control: Control(sender),
            orders,
        })
    }

    /// Where the server listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Gives orders to the server while it runs.
    pub fn control(&self) -> Control {
        self.control.clone()
    }

    /// Loads the models and answers requests until it is told to stop.
    ///
    /// # Errors
    ///
    /// [`ServeError`] if a model cannot be loaded, or requests that were accepted are not answered at
    /// the end.
    pub fn run(self) -> Result<(), ServeError> {
        self.run_with(|_| Ok(()))
    }

    /// The same, and obeys the signals of the process: SIGTERM and Ctrl-C stop the server, SIGHUP loads
    /// the models again.
    ///
    /// # Errors
    ///
    /// As [`Self::run`], or if the system refuses to handle signals.
    pub fn run_with_signals(self) -> Result<(), ServeError> {
        self.run_with(signals::obey)
    }

    fn run_with(
        self,
        listen_to: impl FnOnce(Control) -> Result<(), ServeError>,
    ) -> Result<(), ServeError> {
        let Self {
            app,
            runtime,
            listener,
            address,
            control,
            orders,
        } = self;
        let ended = runtime.block_on(async {
            listen_to(control)?;
            app.log
                .event("listening", &[("address", json!(address.to_string()))]);
            let connections = Arc::new(Semaphore::new(app.config.connections));
            tokio::spawn(accept(listener, Arc::clone(&app), Arc::clone(&connections)));
            obey(&app, orders, &connections).await
        });
        match &ended {
            Ok(()) => app.log.event("stopped", &[]),
            Err(error) => {
                let error = json!(error.to_string());
                app.log.event("stopped", &[("error", error)]);
            }
        }
        app.log.flush();
        // Not even a thread that computes is waited for: what was accepted is answered, or given up.
        runtime.shutdown_background();
        ended
    }
}

/// Call it within a runtime.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // Elsewhere it would let another process take the same port.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Loads the models, then does as it is told until the server has stopped.
async fn obey(
    app: &Arc<App>,
    mut orders: UnboundedReceiver<Order>,
    connections: &Semaphore,
) -> Result<(), ServeError> {
    let begin = Instant::now();
    let mut loading = reload::start(app);
    let mut is_stopping = false;
    let stopped = drain::drained(app, connections);
    tokio::pin!(stopped);
    loop {
        tokio::select! {
            loaded = async { loading.as_mut().expect("there is one, as the branch says").await },
                if loading.is_some() =>
            {
                loading = None;
                if let Ok(loaded) = loaded {
                    loaded?;
                }
                app.stages.go_on_to(Stage::Ready);
                let seconds = begin.elapsed().as_secs_f64();
                app.log.event("ready", &[("seconds", json!(seconds))]);
            }
            // Without anybody who could give an order, there is none.
            Some(order) = orders.recv() => match order {
                Order::Stop { .. } if is_stopping => return Err(drain::at_once(app)),
                Order::Stop { has_notice } => {
                    is_stopping = true;
                    drain::begin(app, has_notice);
                }
                Order::Reload => reload::begin(app),
            },
            ended = &mut stopped => return ended,
        }
    }
}

/// Accepts connections until the server closes.
async fn accept(listener: TcpListener, app: Arc<App>, connections: Arc<Semaphore>) {
    let router = routes::router(&app);
    let closing = app.stages.clone();
    let closing = closing.reached(Stage::Closing);
    tokio::pin!(closing);
    loop {
        tokio::select! {
            stream = next(&listener, &app, &connections) => {
                let (stream, permit) = stream;
                let (app, router) = (Arc::clone(&app), router.clone());
                tokio::spawn(async move {
                    connection::serve(stream, app, router).await;
                    drop(permit);
                });
            }
            () = &mut closing => return,
        }
    }
}

/// The next connection, once there is room for it.
async fn next(
    listener: &TcpListener,
    app: &App,
    connections: &Arc<Semaphore>,
) -> (TcpStream, tokio::sync::OwnedSemaphorePermit) {
    let permit = Arc::clone(connections).acquire_owned().await;
    let permit = permit.expect("nobody closes the semaphore");
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return (stream, permit),
            // Most such errors concern one connection alone.
            Err(error) => {
                app.log
                    .event("not accepted", &[("error", json!(error.to_string()))]);
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}
