#include "connectors/registry.h"
