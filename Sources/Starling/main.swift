import ArgumentParser
import Configuration
import GRDB
import Histogram
import Hummingbird
import JWTKit
import Metrics
print("hi")
