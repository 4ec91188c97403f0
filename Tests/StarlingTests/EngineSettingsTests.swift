import Testing

@testable import Starling

@Suite struct EngineSettingsTests {
    @Test("topics have as many copies as the brokers say, and one copy on several brokers is warned of")
    func replication() {
        var settings = EngineSettings()
        #expect(settings.kafkaReplication == -1)
        settings.kafkaBrokers = "k1:9092,k2:9092"
        #expect(settings.warnings.isEmpty)
        settings.kafkaReplication = 1
        #expect(settings.warnings.count == 1)
        settings.kafkaBrokers = "k1:9092"
        #expect(settings.warnings.isEmpty)
    }
}
