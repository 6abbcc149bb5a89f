/**
 * Stands in for Kibana's `@kbn/config-schema`, strict like it: unknown keys are refused, nothing is converted but numbers and
 * booleans that are written as text, an option that it does not know throws. Written from reading
 * src/platform/packages/shared/kbn-config-schema/src/types (object_type.ts, union_type.ts, string_type.ts, array_type.ts, map_type.ts).
 */
export class SchemaError extends Error {}

type Path = readonly string[];
const at = (path: Path, text: string): SchemaError =>
  new SchemaError(path.length === 0 ? text : `[${path.join('.')}]: ${text}`);

const kindOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'Array' : typeof value;

const wrong = (path: Path, wanted: string, value: unknown): SchemaError =>
  at(path, `expected value of type [${wanted}] but got [${kindOf(value)}]`);

interface CommonOptions<Value> {
  validate?(value: Value): string | void;
  readonly defaultValue?: unknown;
  readonly meta?: object;
}

/** One type of the library. */
export class Type<Value = unknown> {
  constructor(
    private readonly read: (value: unknown, path: Path) => Value,
    private readonly options: CommonOptions<Value> = {},
    public readonly isOptional = false,
  ) {}

  public validate(value: unknown, _context: object = {}, namespace?: string): Value {
    return this.at(value, namespace === undefined ? [] : [namespace]);
  }

  public at(value: unknown, path: Path): Value {
    const { validate, defaultValue } = this.options;
    const given = value === undefined && defaultValue !== undefined ? defaultValue : value;
    const found = this.read(given, path);
    const problem = validate?.(found);
    if (typeof problem === 'string') throw at(path, problem);
    return found;
  }
}

interface ObjectOptions extends CommonOptions<Record<string, unknown>> {
  readonly unknowns?: 'allow' | 'forbid' | 'ignore';
}

/** An object type, which can be asked for its properties. */
export class ObjectType extends Type<Record<string, unknown>> {
  constructor(
    private readonly properties: Readonly<Record<string, Type>>,
    options: ObjectOptions = {},
  ) {
    super((value, path) => {
      if (value === undefined && Object.values(properties).every(({ isOptional }) => isOptional)) return {};
      if (value === null || typeof value !== 'object' || Array.isArray(value)) {
        throw at(path, `expected a plain object value, but found [${kindOf(value)}] instead.`);
      }
      const given = value as Record<string, unknown>;
      const { unknowns = 'forbid' } = options;
      const strangers = Object.keys(given).filter((name) => !Object.hasOwn(properties, name));
      if (unknowns === 'forbid' && strangers.length > 0) {
        throw at([...path, strangers[0]], 'definition for this key is missing');
      }
      const known = Object.entries(properties).flatMap(([name, type]) => {
        const found = type.at(given[name], [...path, name]);
        return found === undefined ? [] : [[name, found] as const];
      });
      const kept = unknowns === 'allow' ? strangers.map((name) => [name, given[name]] as const) : [];
      return Object.fromEntries([...known, ...kept]);
    }, options);
    for (const [name, type] of Object.entries(properties)) {
      if (!(type instanceof Type)) throw new TypeError(`schema.object: ${name} is no type of this library`);
    }
  }

  public getPropSchemas(): Readonly<Record<string, Type>> {
    return this.properties;
  }

  public extends(more: Readonly<Record<string, Type>>, options?: ObjectOptions): ObjectType {
    return new ObjectType({ ...this.properties, ...more }, options);
  }
}

function checkOptions(name: string, options: object, known: readonly string[]): void {
  for (const option of Object.keys(options)) {
    if (![...known, 'validate', 'defaultValue', 'meta'].includes(option)) {
      throw new TypeError(`schema.${name} has no option ${option}`);
    }
  }
}

interface TextOptions extends CommonOptions<string> {
  readonly minLength?: number;
  readonly maxLength?: number;
}
interface NumberOptions extends CommonOptions<number> {
  readonly min?: number;
  readonly max?: number;
}
interface ListOptions extends CommonOptions<unknown[]> {
  readonly minSize?: number;
  readonly maxSize?: number;
}

export const schema = {
  any: (options: CommonOptions<unknown> = {}) => new Type((value) => value, options),
  never: () =>
    new Type(
      (value, path) => {
        if (value !== undefined) throw at(path, "a value wasn't expected to be present");
        return undefined;
      },
      {},
      true,
    ),
  object(properties: Readonly<Record<string, Type>>, options: ObjectOptions = {}): ObjectType {
    checkOptions('object', options, ['unknowns']);
    return new ObjectType(properties, options);
  },
  string(options: TextOptions = {}): Type<string> {
    checkOptions('string', options, ['minLength', 'maxLength']);
    const { minLength = 0, maxLength = Infinity } = options;
    return new Type((value, path) => {
      if (typeof value !== 'string') throw wrong(path, 'string', value);
      if (value.length < minLength) {
        throw at(
          path,
          `value has length [${value.length}] but it must have a minimum length of [${minLength}].`,
        );
      }
      if (value.length > maxLength) {
        throw at(
          path,
          `value has length [${value.length}] but it must have a maximum length of [${maxLength}].`,
        );
      }
      return value;
    }, options);
  },
  number(options: NumberOptions = {}): Type<number> {
    checkOptions('number', options, ['min', 'max']);
    const { min = -Infinity, max = Infinity } = options;
    return new Type((value, path) => {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      if (typeof number !== 'number' || Number.isNaN(number)) throw wrong(path, 'number', value);
      if (number < min) throw at(path, `Value must be equal to or greater than [${min}].`);
      if (number > max) throw at(path, `Value must be equal to or lower than [${max}].`);
      return number;
    }, options);
  },
  boolean: () =>
    new Type((value, path) => {
      if (value === 'true') return true;
      if (value === 'false') return false;
      if (typeof value !== 'boolean') throw wrong(path, 'boolean', value);
      return value;
    }),
  literal: (wanted: string | number | boolean | null) =>
    new Type((value, path) => {
      if (value !== wanted) throw at(path, `expected value to equal [${String(wanted)}]`);
      return value;
    }),
  maybe: (type: Type) =>
    new Type((value, path) => (value === undefined ? undefined : type.at(value, path)), {}, true),
  oneOf(types: readonly Type[], options: CommonOptions<unknown> = {}): Type {
    checkOptions('oneOf', options, []);
    return new Type((value, path) => {
      const problems: string[] = [];
      for (const type of types) {
        try {
          return type.at(value, path);
        } catch (error) {
          problems.push((error as Error).message);
        }
      }
      throw at(path, `types that failed validation:\n${problems.map((each) => `- ${each}`).join('\n')}`);
    }, options);
  },
  arrayOf(type: Type, options: ListOptions = {}): Type<unknown[]> {
    checkOptions('arrayOf', options, ['minSize', 'maxSize']);
    const { minSize = 0, maxSize = Infinity } = options;
    return new Type((value, path) => {
      if (!Array.isArray(value)) throw wrong(path, 'array', value);
      if (value.length < minSize)
        throw at(path, `array size is [${value.length}], but cannot be smaller than [${minSize}]`);
      if (value.length > maxSize)
        throw at(path, `array size is [${value.length}], but cannot be greater than [${maxSize}]`);
      return value.map((item, index) => type.at(item, [...path, String(index)]));
    }, options);
  },
  recordOf(keys: Type<string>, values: Type): Type<Record<string, unknown>> {
    return new Type((value, path) => {
      if (value === null || typeof value !== 'object' || Array.isArray(value))
        throw wrong(path, 'object', value);
      return Object.fromEntries(
        Object.entries(value).map(([name, item]) => [
          keys.at(name, [...path, `key("${name}")`]),
          values.at(item, [...path, name]),
        ]),
      );
    });
  },
};
