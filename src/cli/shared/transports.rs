//! From the settings of a channel to its transport: with `context`, the only place that names concrete ones.

use super::context::Context;
use super::session::Session;
use crate::config::{Channel, Config, HttpGateway, Transport as Setting};
use crate::delivery::{
    Command, Gateway, GatewayOptions, Input, Letterhead, Maildir, Smtp, SmtpOptions, Spool, Transport,
    Transports,
};
use crate::domain::{Channel as Way, Role};

impl Session<'_> {
    /// The ways out that the config names.
    pub(in crate::cli) fn transports(&self) -> Transports {
        transports(self.context, &self.config)
    }
}

/// The ways out that a config names; without an open store, for `doctor`.
pub(in crate::cli) fn transports(context: &Context<'_>, config: &Config) -> Transports {
    let delivery = &config.settings.delivery;
    if context.role(config) == Role::Admin {
        for (name, channel) in [("email", &delivery.email), ("SMS", &delivery.sms)] {
            let place = match &channel.transport {
                Setting::Maildir { path } => format!("the Maildir {}", path.display()),
                Setting::Smtp(server) => format!("the mail server {}", server.host),
                Setting::Command { argv } => {
                    format!("the program {}", argv.first().map_or("", String::as_str))
                }
                Setting::Http(_) => "a gateway".to_owned(),
                Setting::Spool { path, .. } => format!("the spool {}", path.display()),
            };
            context.printer.detail(|| format!("asking: {place}, for {name}"));
        }
    }
    Transports {
        email: transport(context, &delivery.email, Way::Email),
        sms: transport(context, &delivery.sms, Way::Mobile),
    }
}

fn transport(context: &Context<'_>, channel: &Channel, way: Way) -> Box<dyn Transport> {
    let letterhead = Letterhead {
        from: channel.sender.clone(),
        reply_to: channel.reply_to.clone(),
        html: way == Way::Email,
    };
    let host = context.identity.host();
    let timeout = channel.timeout.unsigned_abs();
    match &channel.transport {
        Setting::Maildir { path } => Box::new(Maildir::new(path, letterhead, host)),
        Setting::Smtp(server) => Box::new(Smtp::new(SmtpOptions {
            server: server.clone(),
            bounces: channel.bounces.clone(),
            letterhead,
            timeout,
            host: host.to_owned(),
            credentials: context.credentials(),
            process_uid: context.identity.uid,
        })),
        Setting::Command { argv } => {
            let input = if way == Way::Email { Input::Letter(letterhead) } else { Input::Sms };
            Box::new(Command::new(argv, input, timeout))
        }
        Setting::Http(http) => Box::new(gateway(context, channel, http)),
        Setting::Spool { path, format, group_readable } => {
            Box::new(Spool::new(path, *format, *group_readable))
        }
    }
}

fn gateway(context: &Context<'_>, channel: &Channel, http: &HttpGateway) -> Gateway {
    let options = GatewayOptions {
        username: http.username.clone(),
        token_file: http.token_file.clone(),
        ca_file: http.ca_file.clone(),
        proxy: http.proxy.clone(),
        timeout: channel.timeout.unsigned_abs(),
        credentials: context.credentials(),
        process_uid: context.identity.uid,
    };
    Gateway::new(http.request.clone(), http.rules.clone(), channel.from.clone(), options)
}
