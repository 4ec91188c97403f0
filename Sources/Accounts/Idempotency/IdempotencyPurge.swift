import EventLog
import Logging
import ServiceLifecycle

/// Forgets idempotency keys past their lifetime, hourly.
package struct IdempotencyPurge: Service {
    private let commands: IdempotentCommands
    private let logger: Logger

    package init(commands: IdempotentCommands, logger: Logger) {
        self.commands = commands
        self.logger = logger
    }

    package func run() async throws {
        await Upkeep.run("purge idempotency keys", every: .seconds(3600), logger: logger) {
            try await commands.purge()
        }
    }
}
