import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';

/** A mail server that keeps what it is given and delivers nothing. */
export class SmtpSink {
	/** The e-mails that arrived, the first one first. */
	readonly mails: Email[] = [];

	private readonly server = new SMTPServer({
		authOptional: true,
		disabledCommands: ['STARTTLS'],
		onData: (stream, _session, done) => {
			buffer(stream)
				.then(async (message) => await PostalMime.parse(message))
				.then(
					(mail) => {
						this.mails.push(mail);
						done();
					},
					(error: Error) => done(error),
				);
		},
	});

	static async start(): Promise<SmtpSink> {
		const sink = new SmtpSink();
		await new Promise<void>((resolve) => sink.server.listen(0, '127.0.0.1', resolve));
		return sink;
	}

	/** The fields of n8n's SMTP credential. */
	get credential() {
		const { port } = this.server.server.address() as AddressInfo;
		return { user: '', password: '', host: '127.0.0.1', port, secure: false, disableStartTls: true };
	}

	async stop(): Promise<void> {
		await new Promise<void>((resolve) => this.server.close(resolve));
	}
}
