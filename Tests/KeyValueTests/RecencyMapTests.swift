import Testing
import TestSupport

@testable import KeyValue

@Suite struct RecencyMapTests {
    @Test("agrees with a plain list of keys", arguments: 0..<20)
    func model(seed: Int) {
        var generator = SeededGenerator(seed: seed)
        var map = RecencyMap<Int, Int>()
        var model: [(key: Int, value: Int)] = []
        for step in 0..<500 {
            let key = Int.random(in: 0..<10, using: &generator)
            let place = model.firstIndex { $0.key == key }
            switch Int.random(in: 0..<5, using: &generator) {
            case 0, 1:
                let replaced = place.map { model.remove(at: $0).value }
                model.append((key, step))
                #expect(map.insert(step, forKey: key) == replaced)
            case 2:
                if let place { model.append(model.remove(at: place)) }
                #expect(map.touch(key) == (place == nil ? nil : model.last?.value))
            case 3:
                #expect(map.remove(key) == place.map { model.remove(at: $0).value })
            default:
                #expect(map.removeLast() == (model.isEmpty ? nil : model.removeFirst().value))
            }
            #expect(map.count == model.count)
            #expect(map.last?.key == model.first?.key)
            #expect(map[key] == model.first { $0.key == key }?.value)
        }
    }
}
